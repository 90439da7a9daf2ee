import { assert, assertEquals } from "@std/assert";
import denoConfig from "../../deno.json" with { type: "json" };
import { codeVersion } from "../../src/experiment/code_version.ts";

Deno.test("codeVersion() states version, lock file and, where git answers, the commit", async () => {
  const { version, commit, dirty, lockSha256 } = await codeVersion();
  assertEquals(version, denoConfig.version);
  assert(/^[0-9a-f]{64}$/.test(lockSha256));
  assert(commit === "" ? dirty : /^[0-9a-f]{40}$/.test(commit), commit);
});

Deno.test({
  name: "git runs no program that the repository names, and leaves its index alone",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = Deno.makeTempDirSync();
    const git = async (...args: string[]) => {
      const identity = ["-c", "user.name=a", "-c", "user.email=a@b.invalid"];
      const { success } = await new Deno.Command("git", { args: [...identity, ...args], cwd: folder, stderr: "null" })
        .output();
      assert(success, args.join(" "));
    };
    Deno.mkdirSync(`${folder}/src`);
    Deno.writeTextFileSync(`${folder}/deno.lock`, "{}");
    Deno.writeTextFileSync(`${folder}/src/a.ts`, "1\n");
    await git("init", "--quiet");
    await git("add", ".");
    await git("commit", "--quiet", "-m", "a");
    Deno.writeTextFileSync(`${folder}/spy`, `#!/bin/sh\necho "$0 $@" >> "${folder}/ran"\ncat\n`, { mode: 0o755 });
    // Names that are cut wrongly where the first "=" ends them would stay on.
    for (const name of ["spy", "a=b", "a.b c"]) {
      for (const task of ["clean", "smudge", "process"]) await git("config", `filter.${name}.${task}`, `${folder}/spy`);
      await git("config", `filter.${name}.required`, "true");
    }
    for (const setting of ["core.fsmonitor", "diff.external", "core.pager", "core.sshCommand"]) {
      await git("config", setting, `${folder}/spy`);
    }
    Deno.writeTextFileSync(`${folder}/.git/info/attributes`, "*.ts filter=spy\n*.lock filter=a=b\n");
    Deno.writeTextFileSync(`${folder}/.git/hooks/post-index-change`, `#!/bin/sh\n${folder}/spy\n`, { mode: 0o755 });
    const index = Deno.readFileSync(`${folder}/.git/index`);
    const states: boolean[] = [];
    // Of the same length as before, so that git must read it.
    for (const content of ["1\n", "2\n"]) {
      Deno.writeTextFileSync(`${folder}/src/a.ts`, content);
      states.push((await codeVersion(new URL(`file://${folder}/`))).dirty);
    }
    assertEquals(states, [false, true]);
    assertEquals(Deno.readFileSync(`${folder}/.git/index`), index);
    assertEquals([...Deno.readDirSync(folder)].some(({ name }) => name === "ran"), false);
  },
});
