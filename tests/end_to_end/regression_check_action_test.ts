import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parse } from "@std/yaml";
import { completeResult } from "../../src/result/complete.ts";
import { writeResult } from "../../src/result/store.ts";
import { inFolder } from "../commands/captured.ts";
import { exampleCounts, exampleProblem } from "../result/example.ts";
import { ROOT } from "./command_line.ts";

const ACTION = `${ROOT}.github/actions/regression-check`;

/** A script of the action, in a folder that is no clone of this repository, with these programs before all others. */
async function script(folder: string, name: string, env: Readonly<Record<string, string>>) {
  const { code, stdout } = await new Deno.Command("bash", {
    args: [`${ACTION}/${name}.sh`],
    cwd: folder,
    env: { PROGRAM: ROOT, RUNNER_TEMP: `${folder}/temp`, PATH: `${folder}/bin:${Deno.env.get("PATH")}`, ...env },
    stderr: "null",
  }).output();
  return { code, stdout: new TextDecoder().decode(stdout) };
}

/** A program of this name, in the way of the real one. */
function program(folder: string, name: string, text: string): void {
  Deno.mkdirSync(`${folder}/bin`, { recursive: true });
  Deno.writeTextFileSync(`${folder}/bin/${name}`, `#!/usr/bin/env bash\n${text}\n`, { mode: 0o755 });
}

/** The check of two folders of results; `right` of 7 samples of each problem of NEW, of BASE 5. */
async function checked(
  folder: string,
  right: number,
  { version = "1", ...env }: Readonly<Record<string, string>> = {},
) {
  const write = (side: string, c: number, version: string) =>
    writeResult(
      `${folder}/${side}`,
      completeResult({
        ...exampleCounts(),
        datasets: [{
          name: "set",
          version,
          sha256: null,
          coverage: { scored: 31, of: null },
          problems: Array.from({ length: 31 }, (_, i) => exampleProblem(`set/${i}`, 7, c + i % 2)),
        }],
      }),
    );
  write("base/v2", 5, "1");
  write("new", right, version);
  program(folder, "deno", `exec "${Deno.execPath()}" "$@"`);
  const files = { GITHUB_OUTPUT: `${folder}/output`, GITHUB_STEP_SUMMARY: `${folder}/summary` };
  const { code, stdout } = await script(folder, "check", { BASE: "base", NEW: "new", DETECT: "5", ...files, ...env });
  const outputs = Object.fromEntries(
    Deno.readTextFileSync(files.GITHUB_OUTPUT).trim().split("\n").map((line) => line.split(/=(.*)/).slice(0, 2)),
  );
  return { code, stdout, outputs, summary: Deno.readTextFileSync(files.GITHUB_STEP_SUMMARY) };
}

Deno.test("the action finds a loss in another repository, and keeps a report", () =>
  inFolder(async (folder) => {
    const { code, stdout, outputs, summary } = await checked(folder, 2);
    assertEquals([code, outputs.verdict], [3, "regression"]);
    assertStringIncludes(stdout, "::error title=Regression check::a loss is beyond chance");
    assertStringIncludes(summary, "### REGRESSION");
    assertEquals(Deno.readTextFileSync(outputs.comment), summary);
    assertEquals([...Deno.readDirSync(outputs.folder)].map(({ name }) => name).toSorted(), [
      "comment.md",
      "report.html",
    ]);
  }));

Deno.test("the action says in its summary why two sides cannot be compared", () =>
  inFolder(async (folder) => {
    const { code, stdout, outputs, summary } = await checked(folder, 5, { version: "2", METRICS: "pass@1" });
    assertEquals([code, outputs.verdict], [1, "error"]);
    assertStringIncludes(stdout, "::error title=Regression check::");
    assertStringIncludes(summary, "the version of set");
  }));

Deno.test("the text is one comment of the pull request, written again by each run", () =>
  inFolder(async (folder) => {
    const text = `${folder}/comment.md`;
    Deno.writeTextFileSync(text, `### no regression\n${"x".repeat(70_000)}\n`);
    const commented = async (gh: string) => {
      program(folder, "gh", `echo "$@" >> ${folder}/calls\n${gh}`);
      const result = await script(folder, "comment", {
        COMMENT: text,
        NUMBER: "17",
        GITHUB_REPOSITORY: "someone/something",
      });
      const calls = Deno.readTextFileSync(`${folder}/calls`).trim().split("\n");
      Deno.removeSync(`${folder}/calls`);
      return { ...result, last: calls.at(-1)! };
    };
    const first = await commented(
      `for last; do :; done; if [ "$2" != --paginate ]; then cp "\${last#body=@}" ${folder}/body; fi`,
    );
    assertEquals(first.code, 0);
    assertStringIncludes(first.last, "--method POST repos/someone/something/issues/17/comments --field body=@");
    const body = Deno.readTextFileSync(`${folder}/body`);
    assert(body.startsWith("<!-- soft-grpo-bench regression check -->\n### no regression\n"));
    assert(body.length < 65_536 && body.endsWith("The rest is in the job summary.\n"), `${body.length}`);
    const again = await commented(`if [ "$2" = --paginate ]; then echo 4711; fi`);
    assertStringIncludes(again.last, "--method PATCH repos/someone/something/issues/comments/4711");
    const forbidden = await commented(`exit 1`);
    assertEquals(forbidden.code, 0);
    assertStringIncludes(forbidden.stdout, "::warning title=Regression check::the token may not comment");
  }));

Deno.test("the scripts that the action runs are there, and the workflow gives what the action takes", () => {
  const yaml = (path: string) => parse(Deno.readTextFileSync(path)) as Record<string, never>;
  const { inputs, runs: { steps } } = yaml(`${ACTION}/action.yml`) as unknown as {
    inputs: Record<string, unknown>;
    runs: { steps: { run?: string }[] };
  };
  const scripts = steps.flatMap(({ run }) => run?.match(/[\w-]+\.sh/g) ?? []);
  assertEquals(scripts, ["check.sh", "comment.sh"]);
  for (const name of scripts) assert(Deno.statSync(`${ACTION}/${name}`).isFile);
  const { jobs: { compare } } = yaml(`${ROOT}.github/workflows/regression_check.yml`) as unknown as {
    jobs: { compare: { steps: { uses?: string; with?: Record<string, unknown> }[] } };
  };
  const step = compare.steps.find(({ uses }) => uses?.endsWith("/regression-check"));
  assertEquals(Object.keys(step!.with!).filter((name) => !(name in inputs)), []);
});
