import { assertEquals, assertThrows } from "@std/assert";
import type { z } from "zod";
import type { Same } from "./same.ts";
import tiny from "../../benchmarks/tiny.ts";
import { type ExperimentConfig } from "../../src/experiment/config.ts";
import {
  armRuns,
  checkResolved,
  type ExperimentOverrides,
  type ResolvedExperimentConfig,
  resolvedExperimentSchema,
  resolveExperiment,
} from "../../src/experiment/resolve.ts";
import { UsageError } from "../../src/errors.ts";

Deno.test("resolveExperiment() leaves nothing open and changes nothing that is written", () => {
  const resolved = resolveExperiment(tiny);
  assertEquals(resolved.training.minibatches, 1);
  assertEquals(resolved.arms[0].thinking, { end: "</think>", endRule: "sequence", endIsDrawn: true, afterEnd: "" });
  assertEquals(resolved.passAt, [1, 32]);
  assertEquals(resolved, resolveExperiment(tiny));
});

Deno.test("resolveExperiment() survives JSON, so that a result's configuration can be run again", () => {
  const resolved = resolveExperiment(tiny);
  assertEquals(JSON.parse(JSON.stringify(resolved)), resolved);
});

Deno.test("resolveExperiment() takes flags over the experiment's own values", () => {
  const resolved = resolveExperiment(tiny, { samples: 5, steps: 3, seeds: [7], limit: 2, arms: ["discrete-grpo"] });
  assertEquals([resolved.samples, resolved.training.steps, resolved.seeds, resolved.limit], [5, 3, [7], 2]);
  assertEquals(resolved.arms.map(({ label }) => label), ["discrete-grpo"]);
  assertEquals([tiny.problemsPerDataset, resolveExperiment(tiny, { problemsPerDataset: 7 }).problemsPerDataset], [
    40,
    7,
  ]);
  // 32 samples per problem are no longer there.
  assertEquals([resolved.passAt, resolved.majorityAt], [[1], []]);
});

const WRONG: [string, Partial<ExperimentConfig> & Record<string, unknown>, string][] = [
  ["an unknown key", { sample: 3 }, 'did you mean "samples"'],
  ["a k above n", { samples: 4, passAt: [8] }, "k must be <= samples"],
  ["a group of 1", { training: { ...tiny.training, groupSize: 1 } }, "training.groupSize of experiment tiny: found 1"],
  ["no seed", { seeds: [] }, "seeds of experiment tiny: found a list of 0, expected a list of at least 1"],
  ["a fractional seed", { seeds: [1.5] }, "seeds[0] of experiment tiny: found 1.5"],
  ["a seed twice", { seeds: [1, 2, 1] }, "seeds[2] of experiment tiny: found 1, expected each seed once"],
  ["a seed that a number cannot hold", { seeds: [2 ** 53] }, "below 2^53"],
  ["arms that train for no step", { training: { ...tiny.training, steps: 0 } }, "training.steps of experiment tiny"],
  ["a dataset twice", { datasets: ["arith-add", "arith-add"] }, 'found "arith-add", expected each dataset once'],
  ["an arm twice", { arms: [tiny.arms[0], tiny.arms[0]] }, "expected each arm once"],
  ["no problem", { problemsPerDataset: 0 }, "problemsPerDataset of experiment tiny: found 0"],
  ["no position", { maxNewTokens: 0 }, "maxNewTokens of experiment tiny: found 0"],
];
for (const [what, change, message] of WRONG) {
  Deno.test(`resolveExperiment() refuses ${what}`, () => {
    assertThrows(() => resolveExperiment({ ...tiny, ...change } as ExperimentConfig), UsageError, message);
  });
}

Deno.test("resolveExperiment() refuses an arm that flags name twice", () => {
  const arms = ["discrete-grpo", "discrete-grpo"];
  assertThrows(() => resolveExperiment(tiny, { arms }), UsageError, "expected each arm once");
});

Deno.test("resolveExperiment() names the nearest arm", () => {
  assertThrows(() => resolveExperiment(tiny, { arms: ["discret-grpo"] }), UsageError, 'did you mean "discrete-grpo"');
});

Deno.test("--limit makes a smoke run: it trains as little as it evaluates, unless steps are asked for", () => {
  const { training } = resolveExperiment(tiny, { limit: 3 });
  assertEquals([training.steps, training.promptsPerStep], [3, 3]);
  assertEquals(resolveExperiment(tiny, { limit: 3, steps: 7 }).training.steps, 7);
});

const CHANGES: [ExperimentOverrides & Record<string, unknown>, string][] = [
  [{ samples: 0 }, "samples of what is changed in experiment tiny: found 0"],
  [{ limit: 1.5 }, "limit of what is changed in experiment tiny: found 1.5"],
  [{ sedes: [1] }, 'did you mean "seeds"?'],
  [{ arms: [] }, "found a list of 0, expected a list of at least 1"],
];
for (const [change, message] of CHANGES) {
  Deno.test(`resolveExperiment() refuses a change: ${message}`, () => {
    assertThrows(() => resolveExperiment(tiny, change), UsageError, message);
  });
}

Deno.test("arms without training run with no step, others do not", () => {
  const training = { ...tiny.training, steps: 0 };
  assertEquals(resolveExperiment({ ...tiny, training }, { arms: ["base-discrete"] }).training.steps, 0);
});

Deno.test("the schema of what runs and its type are one", () => {
  const same: Same<z.infer<typeof resolvedExperimentSchema>, ResolvedExperimentConfig> = true;
  assertEquals(same, true);
});

Deno.test("what resolveExperiment() gives passes the schema of what runs, and a key that is none does not", () => {
  const { seeds, ...resolved } = resolveExperiment({ ...tiny, samples: 3 }, { limit: 2 });
  assertEquals(checkResolved({ ...resolved, seeds }, "a result").seeds, seeds);
  assertThrows(() => checkResolved({ ...resolved, seed: seeds }, "a result"), UsageError, 'did you mean "seeds"?');
  assertThrows(() => checkResolved(resolved, "a result"), UsageError, "Cannot use seeds of a result: found nothing");
});

Deno.test("armRuns() goes through all arms under the first seed before the second", () => {
  const runs = armRuns(resolveExperiment(tiny, { arms: ["base-discrete", "discrete-grpo"], seeds: [1, 2] }));
  assertEquals(runs.map(({ arm, seed }) => `${arm.label} ${seed}`), [
    "base-discrete 1",
    "discrete-grpo 1",
    "base-discrete 2",
    "discrete-grpo 2",
  ]);
});

Deno.test("every trained arm of the default experiment has an untrained one of the same decoding", () => {
  const { arms } = resolveExperiment(tiny);
  for (const arm of arms.filter(({ objective }) => objective !== undefined)) {
    const base = arms.find((other) => other.objective === undefined && other.decoding === arm.decoding)!;
    assertEquals([arm.algorithm, arm.answers, arm.thinking], [base.algorithm, base.answers, base.thinking]);
  }
});
