import { assertEquals, assertThrows } from "@std/assert";
import tiny, { DECODINGS } from "../../benchmarks/tiny.ts";
import { UsageError } from "../../src/errors.ts";
import { resolveExperiment } from "../../src/experiment/resolve.ts";
import { withSettings } from "../../src/experiment/setting_overrides.ts";
import type { CandidateFilter } from "../../src/algorithms/candidates.ts";

/** The default experiment with these arms alone. */
function only(...labels: string[]) {
  return { ...tiny, arms: tiny.arms.filter(({ label }) => labels.includes(label)) };
}

/** Every filter of a configuration, wherever it is. */
function filters(value: unknown): CandidateFilter[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, own]) => key === "filter" ? [own as CandidateFilter] : filters(own));
}

Deno.test("a temperature is that of thoughts and answers of every decoding", () => {
  const changed = resolveExperiment(tiny, { arms: ["discrete-grpo", "lepo"], temperature: 0.7, topP: 0.9 });
  const all = filters(changed);
  // Two filters in the matched decoding, in each arm, and in each of their two evaluations.
  assertEquals(all.length, 2 * (1 + 2 + 2 * 2));
  for (const { temperature, topP } of all) assertEquals([temperature, topP], [0.7, 0.9]);
  // What is no filter's stays.
  assertEquals(changed.arms[1].algorithm, {
    ...DECODINGS.lepo.algorithm,
    filter: { ...DECODINGS.lepo.algorithm.filter, temperature: 0.7, topP: 0.9 },
  });
});

Deno.test("a filter's setting is refused where it could mean two things, or none", () => {
  const refused = (experiment: typeof tiny, changes: Parameters<typeof withSettings>[1], text: string) =>
    assertThrows(() => withSettings(experiment, changes), UsageError, text);
  refused(only("soft-tokens-grpo"), { temperature: 0.7 }, "thoughts of soft-tokens-grpo are drawn from no filter");
  const { matched } = DECODINGS;
  const apart = { ...matched, answers: { rule: "sample", filter: { temperature: 0.5 } } } as const;
  const arm = { label: "base", title: "untrained" };
  refused(
    { ...tiny, arms: [{ ...arm, ...apart }] },
    { temperature: 0.7 },
    "its thoughts have temperature 1, its answers 0.5",
  );
  const greedy = {
    decoding: "greedy",
    algorithm: { name: "discrete-grpo", filter: { temperature: 1, topK: 1 } },
    answers: { rule: "greedy" },
  } as const;
  refused({ ...tiny, arms: [{ ...arm, ...greedy }] }, { temperature: 0.7 }, "draws none");
  // The matched decoding has top-k 5 and top-p 0.95, the other one of the arm has neither.
  refused(only("discrete-grpo"), { topK: 9, topP: 0.5 }, "matched and tokens-unfiltered would be the same");
  assertEquals(withSettings(only("discrete-grpo"), { topK: 9 }).arms[0].answers, {
    rule: "sample",
    filter: { temperature: 1, topK: 9, topP: 0.95 },
  });
});

Deno.test("settings of training are those of every trained arm, unless one has its own", () => {
  const { training } = withSettings(tiny, { learningRate: 2e-5, promptsPerStep: 3, groupSize: 7 });
  assertEquals([training.optimizer.schedule.peak, training.promptsPerStep, training.groupSize], [2e-5, 3, 7]);
  assertEquals(training.steps, tiny.training.steps);
  const [base, trained] = only("base", "discrete-grpo").arms;
  const own = { ...tiny, arms: [base, { ...trained, training: { groupSize: 5 } }] };
  assertThrows(() => withSettings(own, { groupSize: 7 }), UsageError, "arm discrete-grpo has groupSize of its own");
  assertEquals(withSettings(own, { learningRate: 1e-5 }).training.optimizer.schedule.peak, 1e-5);
  const slow = { ...tiny.training.optimizer, schedule: { ...tiny.training.optimizer.schedule, peak: 1e-6 } };
  const apart = { ...tiny, arms: [base, { ...trained, training: { optimizer: slow } }] };
  assertThrows(() => withSettings(apart, { learningRate: 1e-5 }), UsageError, "has optimizer of its own");
  assertThrows(() => withSettings(only("base"), { learningRate: 1 }), UsageError, "none of the arms base is trained");
});

Deno.test("a prompt is changed, and values out of range are refused with their place", () => {
  assertEquals(resolveExperiment(tiny, { arms: ["base"], prompt: "conversation" }).prompt, "conversation");
  assertThrows(() => resolveExperiment(tiny, { temperature: 0 }), UsageError, "temperature");
  assertThrows(() => resolveExperiment(tiny, { topP: 1.5 }), UsageError, "topP");
  assertEquals(withSettings(tiny, {}), tiny);
});
