import { assert, assertEquals } from "@std/assert";
import { bench } from "../../src/experiment/bench.ts";
import { defineExperiment } from "../../src/experiment/config.ts";
import mini from "../fixtures/mini.ts";

const OPTIONS = { arms: ["soft-thinking-grpo"], seeds: [3], workers: 1 } as const;

Deno.test("a look during training is in the curve at its steps and at the last, and moves nothing else", async () => {
  const evaluation = { every: 3, problems: 2, samples: 5 };
  const looking = defineExperiment({ ...mini, training: { ...mini.training, evaluation } });
  const [{ result }] = (await bench(looking, OPTIONS)).results;
  const [{ result: plain }] = (await bench(mini, OPTIONS)).results;
  const { curve } = result.training;
  assertEquals(curve.flatMap(({ step, validationPassAt1 }) => validationPassAt1 === undefined ? [] : [step]), [3, 5]);
  for (const { validationPassAt1: share } of curve) {
    assert(share === undefined || (share >= 0 && share <= 1), `${share}`);
  }
  // 2 datasets of 2 problems of 5 samples: shares of 20.
  assert(curve.every(({ validationPassAt1: share = 0 }) => Math.abs(20 * share - Math.round(20 * share)) < 1e-9));
  assertEquals(curve.map(({ validationPassAt1: _, ...point }) => point), plain.training.curve);
  assertEquals(result.datasets, plain.datasets);
});
