import { assert } from "@std/assert";
import {
  assertContinues,
  assertSameFiles,
  type Moment,
  runBench,
  uninterrupted,
} from "../end_to_end/interrupted_bench.ts";

const MOMENTS: Readonly<Record<string, Moment>> = {
  "Ctrl-C while training": { pattern: /metrics\/soft-thinking-grpo/, signal: "SIGINT" },
  "Ctrl-C after an arm": { pattern: /results\/soft-thinking-grpo/, signal: "SIGINT" },
  "kill -9 while training": { pattern: /metrics\/soft-tokens-grpo/, signal: "SIGKILL" },
  "kill -9 while evaluating": { pattern: /samples\/soft-thinking-grpo.*arith-prod/, signal: "SIGKILL" },
  "Ctrl-C with two runs at work": {
    pattern: /checkpoints\/soft-tokens-grpo[^/]*\/step-2\//,
    signal: "SIGINT",
    workers: 2,
  },
  "kill -9 with two runs at work": { pattern: /samples\/soft-tokens-grpo/, signal: "SIGKILL", workers: 2 },
};

for (const [name, moment] of Object.entries(MOMENTS)) {
  Deno.test(`bench ends in the same bytes after ${name}, and draws no finished sample again`, () =>
    assertContinues(moment));
}

Deno.test("bench ends in the same bytes with two runs at work instead of one", async () => {
  const { files } = await uninterrupted();
  const two = await runBench(await Deno.makeTempDir(), 2);
  assert(two.stderr.includes("3 runs, 2 at once"), two.stderr);
  assertSameFiles(two.files, files);
});
