import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { ExportName } from "../../src/exports/formats.ts";
import { run } from "../../src/commands/leaderboard.ts";
import { BenchError, UsageError } from "../../src/errors.ts";
import { evaluate } from "../../src/experiment/evaluate.ts";
import mini from "../fixtures/mini.ts";
import { exampleResult } from "../result/example.ts";
import { captured, inFolder } from "./captured.ts";
import { writeResult } from "../../src/result/store.ts";

const MARKERS = "<!-- leaderboard:start -->\n<!-- leaderboard:end -->\n";

Deno.test("leaderboard writes both files and the README's block, and --check tells when they are stale", () =>
  inFolder(async (results) => {
    const readme = `${results}/README.md`;
    Deno.writeTextFileSync(readme, MARKERS);
    writeResult(`${results}/v1`, exampleResult());
    const command = (flags = {}) => captured(() => run({ positionals: [], flags: { results, readme, ...flags } }));
    assertEquals((await command()).code, 0);
    assertEquals(JSON.parse(Deno.readTextFileSync(`${results}/leaderboard.json`)).experiments.length, 1);
    for (const file of [readme, `${results}/LEADERBOARD.md`]) {
      assertStringIncludes(Deno.readTextFileSync(file), "soft-thinking-grpo-paper");
    }
    assertEquals((await command({ check: true })).code, 0);
    assertEquals((await command()).stderr, "");
    const { arm } = exampleResult();
    writeResult(`${results}/v1`, exampleResult({ arm: { ...arm, seed: 2 } }));
    const error = await assertRejects(() => command({ check: true }), BenchError);
    for (const name of ["leaderboard.json", "LEADERBOARD.md", "README.md"]) assertStringIncludes(error.message, name);
    assertEquals([...Deno.readDirSync(results)].length, 4);
  }));

Deno.test("leaderboard --export writes files of the format into the folder named", () =>
  inFolder(async (folder) => {
    writeResult(`${folder}/results/v1`, exampleResult());
    const results = `${folder}/results`;
    const command = (name: ExportName, ...positionals: string[]) =>
      captured(() => run({ positionals, flags: { results, export: name } }));
    assertEquals((await command("lm-eval", `${folder}/out`)).code, 0);
    assertEquals([...Deno.readDirSync(`${folder}/out`)].length, 1);
    await assertRejects(
      () => command("hf-eval-results", `${folder}/out`),
      BenchError,
      "none that the format has a place for",
    );
    await assertRejects(() => command("lm-eval"), UsageError, "DIR");
  }));

Deno.test("leaderboard says what it leaves out, and which flag takes it", () =>
  inFolder(async (results) => {
    const { experiment, datasets: [first] } = exampleResult();
    const part = { ...first, name: "gsm8k", coverage: { scored: first.problems.length, of: 1319 } };
    writeResult(`${results}/v2`, exampleResult());
    writeResult(`${results}/smoke/v2`, exampleResult({ status: "smoke" }));
    writeResult(`${results}/v2`, exampleResult({ datasets: [part] }));
    writeResult(`${results}/v2`, exampleResult({ experiment: { ...experiment, name: "ablation-noise" } }));
    const command = (flags = {}) => captured(() => run({ positionals: [], flags: { results, json: true, ...flags } }));
    const { stdout, stderr } = await command();
    assertStringIncludes(
      stderr,
      "left out: 1 (part of a dataset), 1 (smoke run), 1 (ablation); " +
        "--smoke and --partial and --experiments NAME take them too",
    );
    const names = (text: string) => JSON.parse(text).experiments.map(({ name }: { name: string }) => name);
    assertEquals(names(stdout), ["example"]);
    const named = await command({ experiments: ["ablation-noise"] });
    assertEquals(names(named.stdout), ["ablation-noise"]);
    await assertRejects(() => command({ experiments: ["noise"] }), BenchError, "no result of that name that counts");
  }));

Deno.test("what stands under a leaderboard as the command to run again is one that bench takes", () =>
  inFolder(async (results) => {
    const few = { datasets: ["arith-add"], problemsPerDataset: 3, samples: 2, seeds: [1] };
    await evaluate(mini, { ...few, decoding: "soft-thinking", resultsFolder: results });
    const { stdout } = await captured(() => run({ positionals: [], flags: { results, json: true, smoke: true } }));
    const { experiments: [{ from }] } = JSON.parse(stdout);
    // No file of benchmarks/ is this experiment, so its own result file says how it was made.
    assertEquals(from.replace(/[^/]+\.json$/, ""), `deno task bench --verify ${results}/v2/`);
  }));

Deno.test("without results leaderboard writes an empty one", () =>
  inFolder(async (results) => {
    const readme = `${results}/absent.md`;
    await assertRejects(
      () => run({ positionals: [], flags: { results, readme } }),
      BenchError,
      "there is no such file",
    );
    Deno.writeTextFileSync(readme, MARKERS);
    assertEquals((await captured(() => run({ positionals: [], flags: { results, readme } }))).code, 0);
    assertStringIncludes(Deno.readTextFileSync(`${results}/LEADERBOARD.md`), "No completed run");
  }));
