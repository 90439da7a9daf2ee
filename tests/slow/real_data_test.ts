import { assert, assertEquals } from "@std/assert";
import { makeSmallCheckpoint } from "../../benchmarks/small_checkpoint/make.ts";
import { loadDataset } from "../../src/datasets/registry.ts";
import { readResults } from "../../src/result/store.ts";
import { run } from "../end_to_end/command_line.ts";

const mirror = Deno.env.get("SOFT_GRPO_BENCH_MIRROR");
if (mirror === undefined) {
  console.warn("SKIPPED: real data end to end; set SOFT_GRPO_BENCH_MIRROR to a folder of the datasets");
}

const DATASETS = ["aime2024", "aime2025", "amc23", "math500", "gsm8k"];

Deno.test({
  name:
    "every algorithm trains on GSM8K train and is scored on the five real datasets, with a byte-level BPE checkpoint",
  ignore: mirror === undefined,
  async fn() {
    const folder = await Deno.makeTempDir();
    const { problems } = await loadDataset("gsm8k_train", { mirror: mirror! });
    // Enough steps to see the box now and then; the texts of a few hundred problems make the tokenizer.
    await makeSmallCheckpoint(problems.slice(0, 300), `${folder}/model`, 4);
    const words = ["--model", `${folder}/model`, "--runs", `${folder}/runs`, "--results", `${folder}/results`];
    const limits = ["--limit", "1", "--steps", "1", "--samples", "2", "--max-new-tokens", "16"];
    const { code, stderr } = await run(["bench", "gsm8k_small", ...words, ...limits, "--mirror", mirror!]);
    assertEquals(code, 0, stderr);

    const results = readResults(`${folder}/results/smoke/v2`).map(({ result }) => result);
    assertEquals([...new Set(results.map(({ arm }) => arm.algorithm))].sort(), [
      "base",
      "discrete-grpo",
      "soft-thinking-grpo",
      "soft-tokens-grpo",
    ]);
    for (const { status, datasets, overlap, training, arm } of results) {
      assertEquals(status, "smoke");
      assertEquals(datasets.map(({ name }) => name), DATASETS);
      assertEquals(datasets.map(({ problems: [{ n }] }) => n), [2, 2, 2, 2, 2]);
      if (arm.algorithm === "base") continue;
      assertEquals([training.curve.length, overlap.trainingProblems, overlap.sharedWithEvaluation], [1, 1, 0]);
      assert(Number.isFinite(training.curve[0].loss));
    }

    const board = await run(["leaderboard", "--results", `${folder}/results`]);
    assertEquals(board.code, 0, board.stderr);
    const { experiments } = JSON.parse(await Deno.readTextFile(`${folder}/results/leaderboard.json`));
    assertEquals(experiments, [], "smoke runs are not ranked");
  },
});
