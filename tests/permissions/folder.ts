/**
 * A user's folder with a little of everything that commands read: results, a run, counts, pairs, an experiment.
 *
 * @module
 */
import { basename } from "node:path";
import tiny from "../../benchmarks/tiny.ts";
import { resolveExperiment } from "../../src/experiment/resolve.ts";
import { RunFolder } from "../../src/experiment/run_folder.ts";
import { writeResult } from "../../src/result/store.ts";
import { exampleCounts, exampleProblem, exampleResult } from "../result/example.ts";
import { CODE_FOLDER } from "../../src/commands/places.ts";

/** Makes the folder; the name of its run. */
export function fillFolder(folder: string): string {
  const write = (name: string, text: string) => Deno.writeTextFileSync(`${folder}/${name}`, text);
  const config = resolveExperiment(tiny, { arms: ["base"], seeds: [1] });
  const run = new RunFolder(`${folder}/runs`, "tiny", { config: { ...config, seeds: undefined, arms: undefined } });
  run.prepare(config)[Symbol.dispose]();

  const [first] = exampleCounts().datasets;
  const result = exampleResult({
    datasets: [{
      ...first,
      name: "math500",
      problems: [2, 3].map((c, i) => exampleProblem(`math500/000${i}`, 7, c)),
      coverage: { scored: 2, of: 500 },
    }],
  });
  writeResult(`${folder}/results/v2`, result);
  // A sample of it, so that the report looks for the question.
  const { path } = writeResult(`${run.path}/results`, result);
  const samples = `${run.path}/samples/${basename(path, ".json")}`;
  Deno.mkdirSync(samples, { recursive: true });
  const sample = {
    problem: "math500/0000",
    sample: 0,
    seed: 1,
    text: "42",
    answer: "42",
    canonical: "42",
    correct: true,
  };
  Deno.writeTextFileSync(`${samples}/math500.jsonl`, JSON.stringify({ ...sample, tokens: 2, finish: "stop" }) + "\n");

  Deno.copyFileSync(`${CODE_FOLDER}/benchmarks/published/soft_grpo_llama_3b_counts.json`, `${folder}/counts.json`);
  Deno.copyFileSync(`${CODE_FOLDER}/tests/golden/gguf/llama3.gguf`, `${folder}/model.gguf`);
  write("README.md", "# Mine\n\n<!-- leaderboard:start -->\n<!-- leaderboard:end -->\n");
  write("samples.jsonl", '{"problem":"math500/0000","text":"\\\\boxed{42}"}\n');
  write("pairs.jsonl", '{"gold":"42","pred":"\\\\boxed{42}"}\n');
  write(
    "programs.jsonl",
    JSON.stringify({
      id: "add",
      question: "Write add(a, b).",
      gold: "assert add(2, 3) == 5",
      answer: "assert add(2, 3) == 5",
      pred: "```python\ndef add(a, b):\n    return a + b\n```",
      kind: "python-tests",
    }) + "\n",
  );
  Deno.mkdirSync(`${folder}/mirror`);
  // What is there and cannot be used is told, so that it shows who looked.
  for (const name of ["math500", "aime2024"]) write(`mirror/${name}.jsonl`, "{}\n");
  write(
    "own.ts",
    `import { defineExperiment } from "${CODE_FOLDER}/mod.ts";\n` +
      `export default defineExperiment(${JSON.stringify(own())});\n`,
  );
  return basename(run.path);
}

/** An experiment of the user's own that imports the library. */
function own() {
  const { matched: _, ...rest } = tiny;
  const [{ evaluations: _evaluations, ...base }] = tiny.arms;
  return { ...rest, name: "own", datasets: ["arith-add"], problemsPerDataset: 2, seeds: [1], samples: 1, arms: [base] };
}
