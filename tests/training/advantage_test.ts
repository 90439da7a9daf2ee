import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { ADVANTAGE_PRESETS, type AdvantageConfig, groupAdvantages } from "../../src/training/advantage.ts";
import { UsageError } from "../../src/errors.ts";

const POPULATION: AdvantageConfig = { kind: "grpo", std: "population", epsilon: 0 };
const { trl, verl, rloo } = ADVANTAGE_PRESETS;
const DR_GRPO = ADVANTAGE_PRESETS["dr-grpo"];
const BEST = ADVANTAGE_PRESETS["pass-at-k-best"];
const UNSCALED = ADVANTAGE_PRESETS["pass-at-k-best-unscaled"];

/** Reference vectors in float64 NumPy, eight decimals. */
const VECTORS: [string, AdvantageConfig, number[], number[]][] = [
  ["RLOO", rloo, [1, 0, 0, 1], [0.66666667, -0.66666667, -0.66666667, 0.66666667]],
  ["Dr. GRPO", DR_GRPO, [1, 0, 0, 1], [0.5, -0.5, -0.5, 0.5]],
  ["TRL", trl, [1, 0, 0, 1], [0.86587543, -0.86587543, -0.86587543, 0.86587543]],
  ["verl", verl, [1, 0, 0, 1], [0.8660239, -0.8660239, -0.8660239, 0.8660239]],
  ["population", POPULATION, [1, 0, 0, 1], [1, -1, -1, 1]],
  ["TRL", trl, [1, 0, 0, 0], [1.49970006, -0.49990002, -0.49990002, -0.49990002]],
  ["verl", verl, [1, 0, 0, 0], [1.499997, -0.499999, -0.499999, -0.499999]],
  ["RLOO", rloo, [1, 0, 0, 0], [1, -0.33333333, -0.33333333, -0.33333333]],
  ["population", POPULATION, [1, 0, 0, 0], [1.73205081, -0.57735027, -0.57735027, -0.57735027]],
  ["RLOO with Butt et al.'s rewards", rloo, [100, 10, 0, 10], [93.33333333, -26.66666667, -40, -26.66666667]],
  ["TRL with two rewards, weighted .7 and .3 and summed first", trl, [0.7, 0.3, 0, 1], [
    0.4547554,
    -0.4547554,
    -1.1368885,
    1.1368885,
  ]],
  ["one success in 8 under verl", verl, [1, 0, 0, 0, 0, 0, 0, 0], [2.47487, ...new Array(7).fill(-0.35355)]],
];

for (const [name, config, rewards, expected] of VECTORS) {
  Deno.test(`advantages of ${JSON.stringify(rewards)}: ${name}`, () => {
    const [advantages] = groupAdvantages([rewards], config);
    // The last row of the table has five decimals.
    const tolerance = rewards.length === 8 ? 1e-5 : 6e-9;
    expected.forEach((value, i) => assertAlmostEquals(advantages[i], value, tolerance));
  });
}

Deno.test("REINFORCE++-baseline whitens over tokens: verl's numbers", () => {
  const lengths = [[3, 2, 1, 2]];
  const [advantages] = groupAdvantages([[1, 0, 0, 1]], { kind: "reinforce++-baseline" }, lengths);
  [0.72456882, -1.20761471, -1.20761471, 0.72456882].forEach((value, i) =>
    assertAlmostEquals(advantages[i], value, 6e-9)
  );
});

Deno.test("the batch's standard deviation scales every group alike", () => {
  const config: AdvantageConfig = { kind: "grpo", std: "sample", epsilon: 1e-4, stdOver: "batch" };
  const [first, second] = groupAdvantages([[1, 0, 0], [5, 5, 3]], config);
  // 1, 0, 0, 5, 5, 3: mean 7/3, squares around it 82/3, divided by 5.
  const deviation = Math.sqrt(82 / 3 / 5);
  assertAlmostEquals(first[0], (2 / 3) / (deviation + 1e-4), 1e-12);
  assertAlmostEquals(second[2], (-4 / 3) / (deviation + 1e-4), 1e-12);
});

Deno.test("groups may differ in size, and do not touch each other", () => {
  assertEquals(groupAdvantages([[1, 0], [0, 3, 0]], DR_GRPO), [Float64Array.of(0.5, -0.5), Float64Array.of(-1, 2, -1)]);
});

Deno.test("equal rewards give exactly 0, also where their mean is rounded", () => {
  for (const config of [trl, verl, rloo, DR_GRPO, BEST, UNSCALED, { kind: "pass-at-k", k: 2 } as const]) {
    // 0.1 + 0.1 + 0.1 is not 0.3.
    for (const advantage of groupAdvantages([[0.1, 0.1, 0.1]], config)[0]) assertEquals(Math.abs(advantage), 0);
  }
});

Deno.test("a group without contrast is 0 without an epsilon too", () => {
  const exact = { kind: "grpo", std: "sample", epsilon: 0 } as const;
  assertEquals(groupAdvantages([[3, 3, 3]], exact), [Float64Array.of(0, 0, 0)]);
});

Deno.test("unknown settings are refused", () => {
  const misspelt = { ...ADVANTAGE_PRESETS.verl, std: "smaple" } as unknown as AdvantageConfig;
  assertThrows(() => groupAdvantages([[1, 0]], misspelt), UsageError, 'advantage.std: found "smaple"');
});

/** Rewards 4, none, 1, 1: mean 2, deviations of 2, 1, 1 around it, by hand. */
const WITHOUT_ONE: [AdvantageConfig, number[]][] = [
  [DR_GRPO, [2, 0, -1, -1]],
  [rloo, [3, 0, -1.5, -1.5]],
  [{ kind: "grpo", std: "sample", epsilon: 0 }, [2, 0, -1, -1].map((a) => a / Math.sqrt(3))],
  [{ kind: "grpo", std: "population", epsilon: 1 }, [2, 0, -1, -1].map((a) => a / (Math.sqrt(2) + 1))],
  [UNSCALED, [3, 0, 0, 0]],
  [BEST, [3 / (Math.sqrt(3) + 1e-6), 0, 0, 0]],
  // Pass@2 of one right in three: 2/3 of the pairs hold it; a wrong one has half of its pairs with it.
  [{ kind: "pass-at-k", k: 2 }, [1 / 3, 0, -1 / 6, -1 / 6].map((a) => a / (Math.sqrt(2) / 3))],
];
for (const [config, expected] of WITHOUT_ONE) {
  Deno.test(`a completion without a reward is compared with nobody: ${JSON.stringify(config)}`, () => {
    const [advantages] = groupAdvantages([[4, undefined, 1, 1]], config);
    expected.forEach((value, i) => assertAlmostEquals(advantages[i], value, 1e-12));
  });
}

Deno.test("a completion without a reward counts neither in the batch's deviation nor in the whitening", () => {
  const batch: AdvantageConfig = { kind: "grpo", std: "sample", epsilon: 0, stdOver: "batch" };
  const [first] = groupAdvantages([[4, undefined, 1, 1], [undefined, 2]], batch);
  // 4, 1, 1, 2: mean 2, squares 4, 1, 1, 0, divided by 3.
  assertAlmostEquals(first[0], 2 / Math.sqrt(2), 1e-12);
  const whitening: AdvantageConfig = { kind: "reinforce++-baseline" };
  const lengths = [[3, 2, 1, 2], [3, 5]];
  const left = groupAdvantages([[1, 0, 0, 1], [undefined, 1]], whitening, lengths);
  assertEquals(left, [...groupAdvantages([[1, 0, 0, 1]], whitening, [[3, 2, 1, 2]]), Float64Array.of(0, 0)]);
});

Deno.test("a group with fewer than 2 rewards has nothing to compare", () => {
  const pair: AdvantageConfig = { kind: "pass-at-k", k: 2 };
  for (const config of [trl, POPULATION, rloo, DR_GRPO, BEST, UNSCALED, pair]) {
    assertEquals(groupAdvantages([[undefined, 1, undefined], [undefined, undefined]], config), [
      Float64Array.of(0, 0, 0),
      Float64Array.of(0, 0),
    ]);
  }
});

Deno.test("advantages are 0 where fewer than two positions have no variance to whiten by", () => {
  const config: AdvantageConfig = { kind: "reinforce++-baseline" };
  for (const lengths of [[0, 0], [1, 0]]) {
    assertEquals(groupAdvantages([[1, 0]], config, [lengths]), [Float64Array.of(0, 0)]);
  }
});

Deno.test("the best of a group gets its distance to the second best, as verl's grpo_passk", () => {
  // One right of 8: deviation √(1/8) by n - 1, so 2.83 for the right one.
  const [advantages] = groupAdvantages([[0, 0, 1, 0, 0, 0, 0, 0]], BEST);
  assertAlmostEquals(advantages[2], 1 / (Math.sqrt(1 / 8) + 1e-6), 1e-12);
  assertEquals(advantages.filter((a) => a === 0).length, 7);
  assertEquals(groupAdvantages([[0, 1, 1], [7, 10, 3]], UNSCALED), [
    Float64Array.of(0, 0, 0),
    Float64Array.of(0, 3, 0),
  ]);
});

Deno.test("Pass@1 advantages are those of GRPO with the population's deviation", () => {
  const rewards = [[1, 0, 0, 1, 0], [0, 0, 0, 0, 1]];
  const [pass, grpo] = ([{ kind: "pass-at-k", k: 1 }, POPULATION] as const)
    .map((config) => groupAdvantages(rewards, config).map((group) => [...group]).flat());
  pass.forEach((value, i) => assertAlmostEquals(value, grpo[i], 1e-12));
});

Deno.test("what Pass@k advantages cannot be computed from is refused", () => {
  const pass = ADVANTAGE_PRESETS["pass-at-4"];
  assertThrows(() => groupAdvantages([[1, 0, 1]], pass), UsageError, "a group of 3: sample at least 4");
  assertThrows(() => groupAdvantages([[100, 10, 0, 0]], pass), UsageError, "found 3 values, expected two");
  const unscaled = { ...UNSCALED, epsilon: 1e-6 };
  assertThrows(
    () => groupAdvantages([[1, 0]], unscaled),
    UsageError,
    "advantage.epsilon: found 0.000001, expected none",
  );
});

Deno.test("a group of 1 and a reward that is no number are errors", () => {
  assertThrows(() => groupAdvantages([[1, 0], [1]], rloo), UsageError, "a group of 1");
  assertThrows(() => groupAdvantages([[1, NaN]], rloo), RangeError, "NaN");
});
