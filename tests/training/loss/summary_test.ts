import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Completion, CompletionStep } from "../../../src/rollout/completion.ts";
import {
  type CompletionPass,
  present,
  type SeenPosition,
  type SeenPositions,
  summarize,
} from "../../../src/training/loss/summary.ts";

const COMPLETIONS: Completion[] = [
  { steps: [{ kind: "token", token: 1 }, { kind: "forced", token: 2 }, { kind: "token", token: 3 }], finish: "stop" },
  { steps: [{ kind: "token", token: 1 }], finish: "length" },
];
const passes = (seen: SeenPositions[], unseenLosses: readonly number[]): CompletionPass[] =>
  COMPLETIONS.map((completion, i) => ({
    completion,
    weight: [0.25, 0.5][i],
    unseenLoss: { thought: NaN, token: unseenLosses[i] },
    seen: seen[i],
  }));
const RATIOS = { thought: true, token: true };
const position = (change: Partial<SeenPosition>): SeenPosition => ({
  logDensity: -1,
  logRatio: 0,
  policyLoss: 0,
  divergence: 0,
  entropy: 0,
  clipped: undefined,
  ...change,
});

Deno.test("losses are weighted sums, figures plain means, by hand", () => {
  const seen = [
    [
      position({ policyLoss: 2, divergence: 0.5, logRatio: Math.log(2), entropy: 0.75, mismatch: 0.75 }),
      undefined,
      position({ policyLoss: 4, divergence: 1.5, clipped: "dual" }),
    ],
    [position({ policyLoss: 8, divergence: 1, logDensity: -4, entropy: 1.5, mismatch: 0.25 })],
  ];
  const summary = summarize(passes(seen, [0, 0]), { kl: 0.1, entropy: 0.4 }, RATIOS);
  assertEquals(summary.policyLoss, 0.25 * 6 + 0.5 * 8);
  assertEquals(summary.klLoss, 0.25 * 2 + 0.5);
  assertEquals(summary.entropyLoss, 0.25 * 0.75 + 0.5 * 1.5);
  assertAlmostEquals(summary.loss, 5.5 + 0.1 - 0.4 * 0.9375, 1e-12);
  assertEquals(summary.entropy, 0.75);
  assertEquals(summary.kl, 1);
  assertAlmostEquals(summary.ratio, 4 / 3, 1e-12);
  assertEquals(summary.tokenLogDensity, -2);
  assertEquals(summary.clipped, { low: 0, high: 0, dual: 1 / 3 });
  assert(!("thoughtLogDensity" in summary));
  assertEquals(summary.mismatch, { mean: 0.5, max: 0.75, positions: 2 });
});

Deno.test("a position of several ratios counts with their mean, in clipped shares too", () => {
  const draws = [
    { logRatio: Math.log(2), clipped: "high" },
    { logRatio: Math.log(4), clipped: "high" },
    { logRatio: 0, clipped: undefined },
  ] as const;
  const seen = [[position({ draws, logRatio: Math.log(8) }), undefined, position({})], [position({ clipped: "low" })]];
  const summary = summarize(passes(seen, [0, 0]), { entropy: 0 }, RATIOS);
  assertAlmostEquals(summary.ratio!, (7 / 3 + 1 + 1) / 3, 1e-12);
  assertAlmostEquals(summary.logRatioDrop!, -Math.log(8) / 3 / 3, 1e-12);
  assertAlmostEquals(summary.clipped!.high, 2 / 3 / 3, 1e-12);
  assertEquals([summary.clipped!.low, summary.clipped!.dual], [1 / 3, 0]);
});

Deno.test("positions that were not visited count with the loss of a ratio of 1, and in no mean", () => {
  const summary = summarize(passes([[], []], [3, -5]), { kl: 0, entropy: 0 }, RATIOS);
  assertEquals(summary, { loss: 0.25 * 6 - 2.5, policyLoss: 0.25 * 6 - 2.5 });
});

Deno.test("without a divergence its figures are absent, whatever positions say", () => {
  const seen = [[position({}), undefined, position({})], [position({})]];
  const without = summarize(passes(seen, [0, 0]), { entropy: 0 }, RATIOS);
  assert(!("kl" in without) && !("klLoss" in without) && !("mismatch" in without));
  assertEquals(summarize(passes(seen, [0, 0]), { kl: 0.1, entropy: 0 }, RATIOS).kl, 0);
});

Deno.test("shares of clipped positions are of all drawn ones, visited or not", () => {
  const summary = summarize(passes([[position({ clipped: "low" })], []], [0, 0]), { entropy: 0 }, RATIOS);
  assertEquals(summary.clipped, { low: 1 / 3, high: 0, dual: 0 });
});

const [IDS, WEIGHTS] = [Int32Array.of(1), Float32Array.of(1)];
const THOUGHT: CompletionStep = {
  kind: "thought",
  action: { token: 1, input: { ids: IDS, weights: WEIGHTS }, ids: IDS, scores: WEIGHTS, count: 1 },
};
const MIXED: Completion = {
  steps: [THOUGHT, { kind: "forced", token: 2 }, THOUGHT, { kind: "token", token: 1 }, { kind: "token", token: 3 }],
  finish: "stop",
};
const mixed = (seen: SeenPositions): CompletionPass[] => [
  { completion: MIXED, weight: 0.5, unseenLoss: { thought: 16, token: 3 }, seen },
];

Deno.test("figures of ratios and clips are of positions whose surrogate has a ratio, all others of all positions", () => {
  const seen = [
    position({ logDensity: -5, logRatio: 9, policyLoss: 8, entropy: 1 }),
    undefined,
    undefined,
    position({ logRatio: Math.log(2), policyLoss: 1, clipped: "high" }),
    undefined,
  ];
  const summary = summarize(mixed(seen), { entropy: 0 }, { thought: false, token: true });
  assertAlmostEquals(summary.ratio!, 2, 1e-12);
  assertAlmostEquals(summary.logRatioDrop!, -Math.log(2), 1e-12);
  // Two tokens, one of them not visited.
  assertEquals(summary.clipped, { low: 0, high: 1 / 2, dual: 0 });
  assertEquals([summary.thoughtLogDensity, summary.tokenLogDensity, summary.entropy], [-5, -1, 0.5]);
  // What was not visited counts by its kind.
  assertEquals(summary.policyLoss, 0.5 * (8 + 16 + 1 + 3));
});

Deno.test("where no surrogate has a ratio its figures are absent, and the others stay", () => {
  const none = { thought: false, token: false };
  const summary = summarize(mixed([position({ policyLoss: 2 })]), { entropy: 0 }, none);
  assertEquals(["ratio", "logRatioDrop", "clipped"].filter((figure) => figure in summary), []);
  assertEquals([summary.thoughtLogDensity, summary.entropy], [-1, 0]);
  const visited = [undefined, undefined, undefined, position({})];
  assertEquals(summarize(mixed(visited), { entropy: 0 }, { ...none, token: true }).ratio, 1);
  // Of thoughts alone: a pass that has come to no token yet.
  const begun = summarize(mixed([position({})]), { entropy: 0 }, { ...none, token: true });
  assertEquals("clipped" in begun || "ratio" in begun, false);
});

Deno.test("a batch without a drawn position has no figure", () => {
  const completion: Completion = { steps: [{ kind: "forced", token: 2 }], finish: "length" };
  const unseenLoss = { thought: 1, token: 1 };
  assertEquals(summarize([{ completion, weight: 0, unseenLoss, seen: [] }], { kl: 0.1, entropy: 0 }, RATIOS), {});
});

Deno.test("what is absent is no key", () => {
  assertEquals(Object.keys(present({ a: 0, b: undefined, c: null, d: false })), ["a", "c", "d"]);
});
