import { assert, assertEquals, assertRejects } from "@std/assert";
import checkpoint from "../../benchmarks/checkpoint.ts";
import { BenchError, UsageError } from "../../src/errors.ts";
import {
  checkpointExperiment,
  checkpointSettings,
  experimentOfCheckpoint,
} from "../../src/experiment/checkpoint_experiment.ts";
import { decodedExperiment, evaluate } from "../../src/experiment/evaluate.ts";
import { resolveExperiment } from "../../src/experiment/resolve.ts";
import { runCheckpointAgain } from "../../src/experiment/run_again.ts";

const FACTS = { model: "DIR", maxPositions: 8192, thinks: false, chats: true };

Deno.test("a checkpoint that does not think is asked step by step and answers at once, within its room", () => {
  const { prompt, maxNewTokens, problemsPerDataset, grader, arms: [arm] } = experimentOfCheckpoint(checkpoint, FACTS);
  assertEquals([prompt, maxNewTokens, problemsPerDataset, grader], ["step-by-step", 512, undefined, undefined]);
  assertEquals([arm.decoding, arm.thinking?.maxThoughts, arm.thinking?.atMaximum], ["discrete", 0, "go-on"]);
  assertEquals(experimentOfCheckpoint(checkpoint, { ...FACTS, maxPositions: 94 }).maxNewTokens, 47);
});

Deno.test("one that thinks has room for its thoughts, and one without a chat template gets the whole text", () => {
  const { maxNewTokens, arms: [arm] } = experimentOfCheckpoint(checkpoint, {
    ...FACTS,
    thinks: true,
    maxPositions: 131_072,
  });
  assertEquals([maxNewTokens, arm.thinking], [4096, undefined]);
  assertEquals(experimentOfCheckpoint(checkpoint, { ...FACTS, chats: false }).prompt, "conversation");
  assertEquals(experimentOfCheckpoint(checkpoint, FACTS, { prompt: "question" }).prompt, "question");
});

Deno.test("k of Pass@k and majority@k follow from the samples", () => {
  const sizes = ({ passAt, majorityAt }: { passAt?: readonly number[]; majorityAt?: readonly number[] }) => [
    passAt,
    majorityAt,
  ];
  assertEquals(sizes(experimentOfCheckpoint(checkpoint, FACTS)), [[1], []]);
  assertEquals(sizes(experimentOfCheckpoint(checkpoint, FACTS, { samples: 7 })), [[1, 7], [7]]);
});

Deno.test("the settings that run are told in one line", () => {
  const told = (decoding: string | undefined, limit?: number) =>
    checkpointSettings(
      resolveExperiment(decodedExperiment(experimentOfCheckpoint(checkpoint, FACTS, { samples: 3 }), decoding), {
        temperature: 0.5,
        ...(limit && { limit }),
      }),
    );
  assertEquals(
    told(undefined),
    "settings of DIR: prompt step-by-step; tokens, T 0.5, top-k 30, top-p 0.95 (discrete); no thinking, as no token of it is </think>; " +
      "at most 512 new tokens; all problems of gsm8k x 3; any stated answer",
  );
  assert(told("soft-thinking", 5).includes("thinking up to </think>; at most 512 new tokens; the first 5 problems"));
});

Deno.test("a model without thoughts has none in its samples, and its result says how to run it again", async () => {
  const facts = { ...FACTS, model: "models/tiny", maxPositions: 128 };
  const experiment = experimentOfCheckpoint(checkpoint, facts, { prompt: "question", samples: 3 });
  const few = { datasets: ["arith-add"], limit: 2, temperature: 0.7 };
  const results = (await evaluate(experiment, few)).results.map(({ result }) => result);
  assertEquals(results[0].thoughtTokens ?? 0, 0);
  assert(results[0].datasets[0].problems.every(({ tokens }) => tokens!.mean > 0));
  assertEquals(
    runCheckpointAgain(results, checkpoint),
    "evaluate --model models/tiny --prompt question --samples 3 --max-new-tokens 64 --datasets arith-add --limit 2 " +
      "--temperature 0.7 --decoding discrete",
  );
});

Deno.test("a tokenizer that cannot write the prompt's own text is refused, and so is a missing checkpoint", async () => {
  await assertRejects(() => checkpointExperiment(checkpoint, "models/tiny"), UsageError, "choose --prompt question");
  assertEquals(
    (await checkpointExperiment(checkpoint, "models/tiny", { prompt: "question" })).arms[0].thinking?.maxThoughts,
    undefined,
  );
  await assertRejects(() => checkpointExperiment(checkpoint, "models/none"), BenchError, "models/none");
});
