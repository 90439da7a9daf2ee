import { assert, assertEquals, assertThrows } from "@std/assert";
import type { z } from "zod";
import type { Same } from "./same.ts";
import tiny from "../../benchmarks/tiny.ts";
import { type ExperimentConfig } from "../../src/experiment/config.ts";
import {
  armRuns,
  armTraining,
  checkResolved,
  type ExperimentOverrides,
  isMatched,
  type ResolvedDecoding,
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

Deno.test("resolveExperiment() takes an adapter over the experiment's, key by key, and has none where none is asked for", () => {
  const adapter = { rank: 3, alpha: 6 };
  assertEquals(resolveExperiment(tiny).training.adapter, undefined);
  assert(!("adapter" in resolveExperiment(tiny).training));
  assertEquals(resolveExperiment(tiny, { adapter }).training.adapter, adapter);
  const own = { ...tiny, training: { ...tiny.training, adapter: { rank: 5, alpha: 5, targets: ["q_proj"] as const } } };
  assertEquals(resolveExperiment(own, { adapter }).training.adapter, { ...adapter, targets: ["q_proj"] });
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
  assertEquals(resolveExperiment({ ...tiny, training }, { arms: ["base"] }).training.steps, 0);
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
  const runs = armRuns(resolveExperiment(tiny, { arms: ["base", "discrete-grpo"], seeds: [1, 2] }));
  assertEquals(runs.map(({ arm, seed }) => `${arm.label} ${seed}`), [
    "base 1",
    "discrete-grpo 1",
    "base 2",
    "discrete-grpo 2",
  ]);
});

Deno.test("every arm of the default experiment is evaluated in its own decoding and in the matched one", () => {
  const config = resolveExperiment(tiny);
  for (const arm of config.arms) {
    assertEquals(arm.evaluations.filter((own) => isMatched(config, own)).length, 1, arm.label);
    const own = arm.evaluations.filter(({ decoding }) => decoding === arm.decoding);
    assertEquals(own.map(({ algorithm, answers }) => [algorithm, answers]), [[arm.algorithm, arm.answers]], arm.label);
  }
});

Deno.test("the base of the default experiment is evaluated in every decoding that an arm is trained with", () => {
  const { arms: [base, ...trained] } = resolveExperiment(tiny);
  const law = ({ algorithm, answers, thinking }: ResolvedDecoding) => JSON.stringify([algorithm, answers, thinking]);
  const laws = base.evaluations.map(law);
  // Thoughts that are single tokens are those of the matched decoding.
  for (const arm of trained.filter(({ preset }) => preset !== "hard-thoughts")) {
    assert(laws.includes(law(arm)), arm.label);
  }
});

Deno.test("an arm that decodes as the matched decoding does is not evaluated twice, whatever the name", () => {
  const own = { ...tiny.matched!, decoding: "own", label: "own", title: "" };
  const [arm] = resolveExperiment({ ...tiny, arms: [own] }).arms;
  assertEquals(arm.evaluations.map(({ label, decoding }) => [label, decoding]), [["own", "own"]]);
});

Deno.test("an arm may have steps, batch, updates and optimizer of its own", () => {
  const optimizer = { ...tiny.training.optimizer, weightDecay: 0.5 };
  const training = { steps: 11, promptsPerStep: 3, minibatches: 2, optimizer };
  const [, arm] = tiny.arms;
  const config = resolveExperiment({ ...tiny, arms: [{ ...arm, training }, { ...arm, label: "other" }] });
  const [own, other] = config.arms.map((resolved) => armTraining(config, resolved));
  assertEquals(own, { ...config.training, ...training });
  assertEquals(other, config.training);
});

Deno.test("--limit and --steps reach an arm's own training", () => {
  const [, arm] = tiny.arms;
  const own = { ...tiny, arms: [{ ...arm, training: { steps: 11, promptsPerStep: 7 } }] };
  const training = (changes: ExperimentOverrides) => resolveExperiment(own, changes).arms[0].training!;
  assertEquals(training({ limit: 5 }), { steps: 5, promptsPerStep: 5 });
  assertEquals(training({ limit: 13 }), { steps: 11, promptsPerStep: 7 });
  assertEquals(training({ steps: 3 }), { steps: 3, promptsPerStep: 7 });
});

Deno.test("an arm that is not trained has no training of its own", () => {
  const arms = [{ ...tiny.arms[0], training: { minibatches: 2 } }];
  assertThrows(
    () => resolveExperiment({ ...tiny, arms }),
    UsageError,
    "arms[0].training of experiment tiny, arm base: found an object, expected none, as the arm has no objective",
  );
});
