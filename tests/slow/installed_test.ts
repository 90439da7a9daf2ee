/**
 * The command that `deno install` makes, in folders that know nothing of this one.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import denoConfig from "../../deno.json" with { type: "json" };
import { readResults } from "../../src/result/store.ts";
import { finish, type Finished, ROOT } from "../end_to_end/command_line.ts";

/** The words of the README's section on installation, behind `deno`. */
function installWords(): string[] {
  const readme = Deno.readTextFileSync(`${ROOT}README.md`);
  return /^deno (install --global .*)$/m.exec(readme)![1].split(" ");
}

/** A home without a history, in which `deno` is the one that runs this; what it downloaded stays of use. */
async function freshHome(): Promise<{ home: string; env: Record<string, string> }> {
  const home = await Deno.makeTempDir();
  await Deno.mkdir(`${home}/bin`);
  await Deno.symlink(Deno.execPath(), `${home}/bin/deno`);
  const env: Record<string, string> = {
    ...Deno.env.toObject(),
    HOME: home,
    PATH: `${home}/bin:/usr/local/bin:/usr/bin:/bin`,
    DENO_INSTALL_ROOT: home,
    DENO_DIR: JSON.parse((await run(Deno.execPath(), ["info", "--json"], {})).stdout).denoDir,
    NO_COLOR: "1",
  };
  delete env.INIT_CWD;
  return { home, env };
}

async function run(program: string, args: string[], options: Partial<Deno.CommandOptions>): Promise<Finished> {
  return await finish(new Deno.Command(program, { args, stdout: "piped", stderr: "piped", ...options }).spawn());
}

Deno.test("the installed command works in any folder, and says where it may not", async (t) => {
  const { home, env } = await freshHome();
  const folder = await Deno.makeTempDir();
  const command = (...args: string[]) => run(`${home}/bin/soft-grpo-bench`, args, { cwd: folder, env, clearEnv: true });

  await t.step("it is installed by the README's words", async () => {
    const { code, stderr } = await run(Deno.execPath(), installWords(), { cwd: ROOT, env, clearEnv: true });
    assertEquals(code, 0, stderr);
  });
  await t.step("it knows its version and itself", async () => {
    assertStringIncludes((await command("--version")).stdout, `soft-grpo-bench ${denoConfig.version}`);
    const wrong = await command("bench", "--limt", "1");
    assertEquals([wrong.code, wrong.stderr.trim().split("\n").length], [2, 1], wrong.stderr);
    assertStringIncludes(wrong.stderr, "`soft-grpo-bench bench --help`");
  });
  await t.step("it trains and scores the embedded model into this folder", async () => {
    const words = ["--limit", "1", "--arms", "base,discrete-grpo", "--seed", "1", "--samples", "2"];
    const { code, stdout, stderr } = await command("bench", ...words, "--json");
    assertEquals(code, 0, stderr);
    const written = readResults(`${folder}/results/smoke/v2`);
    assertEquals([...new Set(written.map(({ result }) => result.arm.algorithm))].sort(), ["base", "discrete-grpo"]);
    assertEquals(JSON.parse(stdout).results.length, written.length);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["results", "runs"]);
  });
  await t.step("it reads and writes what is named, and nothing else", async () => {
    assertEquals((await command("compare", "results", "results")).code, 0);
    const page = await command("report", "--output", `${home}/pages/report.html`);
    assertEquals(page.code, 0, page.stderr);
    assert((await Deno.stat(`${home}/pages/report.html`)).isFile);
  });
  await t.step("where no folder can be made it says so before any work", async () => {
    await Deno.writeTextFile(`${folder}/file`, "");
    const refused = await command("bench", "--limit", "1", "--results", "file");
    assertEquals([refused.code, refused.stdout], [1, ""]);
    assertEquals(
      refused.stderr.trim(),
      "Error: Cannot create the folder file/smoke/v2: a part of the path is a file; move what is in the way, or name another",
    );
  });
});

Deno.test("what is published is what a user needs", async () => {
  const words = ["publish", "--dry-run", "--allow-dirty", "--no-check"];
  const { code, stderr, stdout } = await run(Deno.execPath(), words, { cwd: ROOT, env: { NO_COLOR: "1" } });
  assertEquals(code, 0, stderr);
  const files = [...(stdout + stderr).matchAll(/file:\/\/(\S+) \(/g)].map(([, path]) => path.slice(ROOT.length));
  for (
    const needed of ["mod.ts", "deno.json", "deno.lock", "src/cli/launch.ts", "models/tiny/model.safetensors"]
      .concat("benchmarks/tiny.ts", "src/engine/kernels_plain.wasm", "results/schema/result-v2.schema.json", "LICENSE")
  ) assert(files.includes(needed), needed);
  assertEquals(files.filter((path) => /^(tests|results\/v\d|\.github|runs|benchmarks\/peers)\b/.test(path)), []);
});
