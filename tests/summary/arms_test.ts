import { assertAlmostEquals, assertEquals } from "@std/assert";
import { armOrder, type ShownMetric, sideFigure, summarizeArm } from "../../src/summary/arms.ts";
import { MADE_UP_ARMS, madeUpResults } from "../report/made_up_results.ts";

const passAt1: ShownMetric = { kind: "pass", k: 1, name: "Pass@1" };
const results = madeUpResults({ seeds: [3, 2] });
const ofArm = (label: string) => results.filter((result) => result.arm.label === label);

Deno.test("an arm's seeds are in order, and its average is the mean of theirs", () => {
  const own = ofArm("discrete-grpo");
  const arm = summarizeArm(own, [passAt1]);
  assertEquals([arm.seeds, arm.trained, arm.decoding], [[2, 3], true, "discrete"]);
  const expected = own.reduce((sum, result) => sum + result.average.passAt["1"].value, 0) / own.length;
  // The same sums in another order.
  assertAlmostEquals(arm.average.get("Pass@1")!.value, expected, 1e-12);
  assertEquals(arm.values.get("Pass@1")!.map((dataset) => dataset.length), [2, 2, 2, 2, 2]);
});

Deno.test("the seeds of an untrained arm are samples of one model: they do not widen the interval", () => {
  const arm = summarizeArm(ofArm("base-discrete"), [passAt1]);
  const { low, high, problemsLow, problemsHigh, seedDeviation } = arm.average.get("Pass@1")!;
  assertEquals([low, high, seedDeviation], [problemsLow, problemsHigh, null]);
  assertEquals(arm.values.get("Pass@1")!.map((dataset) => dataset.length), [1, 1, 1, 1, 1]);
});

Deno.test("new seeds widen the interval of a trained arm", () => {
  const { low, high, problemsLow, problemsHigh } = summarizeArm(ofArm("discrete-grpo"), [passAt1]).average.get(
    "Pass@1",
  )!;
  assertEquals([low < problemsLow, high > problemsHigh], [true, true]);
});

Deno.test("figures beside accuracy are means over seeds, by dataset or on average", () => {
  const own = ofArm("soft-tokens-grpo");
  const arm = summarizeArm(own, [passAt1]);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  assertAlmostEquals(sideFigure(arm, "meanTokens")!, mean(own.map(({ average }) => average.meanTokens!)), 1e-12);
  assertAlmostEquals(
    sideFigure(arm, "truncated", 4)!,
    mean(own.map(({ datasets }) => datasets[4].metrics.truncated!)),
    1e-12,
  );
});

Deno.test("untrained arms come first, and discrete decoding before others", () => {
  const shuffled = MADE_UP_ARMS.toReversed().map(({ label }) => summarizeArm(ofArm(label), [passAt1]));
  assertEquals(shuffled.sort(armOrder).map(({ label }) => label), [
    "base-discrete",
    "base-soft-thinking",
    "discrete-grpo",
    "soft-thinking-grpo-paper",
    "soft-thinking-grpo-release",
    "soft-tokens-grpo",
  ]);
});
