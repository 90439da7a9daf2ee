import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { mean } from "../../src/metrics/estimate.ts";
import { checkClaims, type Claim, judgeClaims, type JudgedClaim } from "../../src/summary/claims.ts";
import { comparePairs } from "../../src/summary/differences.ts";
import { summarize } from "../../src/summary/summary.ts";
import { attributedResults } from "./attributed.ts";

/** In made-up results discrete GRPO is far better than its base, and the base decodes in mixtures as in tokens. */
const GAIN: Claim = {
  id: "gain",
  claim: "Training helps.",
  source: "nobody, Table 0",
  arm: "discrete-grpo.matched",
  reference: "base.matched",
  metric: "Pass@1",
  direction: "more",
};
const EQUAL: Claim = { ...GAIN, id: "equal", arm: "base.soft-thinking" };

const [summary] = summarize(attributedResults({ samples: 32 }));

function judged(...claims: readonly Claim[]): JudgedClaim[] {
  const outcomes = judgeClaims(summary, claims).filter((outcome) => "verdict" in outcome);
  assertEquals(outcomes.length, claims.length);
  return outcomes;
}

Deno.test("a claim agrees with a marked difference of its sign, and not with one of the other", () => {
  const verdicts = judged(GAIN, { ...GAIN, id: "loss", direction: "less" }, EQUAL).map(({ verdict }) => verdict);
  assertEquals(verdicts, ["agrees", "does not agree", "cannot be told here"]);
});

Deno.test("a claimed loss agrees with a marked loss", () => {
  const loss: Claim = { ...GAIN, arm: GAIN.reference, reference: GAIN.arm, direction: "less" };
  assertEquals(judged(loss)[0].verdict, "agrees");
  assertEquals(judged({ ...loss, direction: "more" })[0].verdict, "does not agree");
});

Deno.test("its difference is that of the two rows, with the interval of its mark: zero is out where there is a mark", () => {
  const outcomes = judged(GAIN, EQUAL);
  for (const { claim, arm, reference, difference: { value, low, high, certainty } } of outcomes) {
    const averageOf = (label: string) => summary.arms.find((own) => own.label === label)!.average.get("Pass@1")!.value;
    assertAlmostEquals(value, averageOf(claim.arm) - averageOf(claim.reference), 1e-12);
    assertEquals([arm.label, reference.label], [claim.arm, claim.reference]);
    assertEquals(low > 0 || high < 0, certainty !== "none");
    assert(low <= value && value <= high);
  }
});

Deno.test("claims of an ablation are one family: each alone asks less than all together", () => {
  const [arm, reference] = [EQUAL.arm, EQUAL.reference].map((label) =>
    summary.arms.find((own) => own.label === label)!
  );
  const metrics = [{ name: "Pass@1" }];
  const [alone] = comparePairs([{ arm, reference, metrics }], []);
  const [together] = comparePairs([{ arm, reference, metrics }, { arm: reference, reference: arm, metrics }], []);
  assertEquals(together.pAdjusted, Math.min(1, 2 * alone.p));
});

Deno.test("tokens are a mean of positions, in tokens", () => {
  const [{ difference }] = judged({ ...GAIN, metric: "tokens" });
  const tokensOf = (label: string) => {
    const { results } = summary.arms.find((own) => own.label === label)!;
    return mean(
      results.flatMap(({ datasets }) =>
        datasets.map(({ problems }) => mean(problems.map(({ tokens }) => tokens!.mean)))
      ),
    );
  };
  // Sums in another order: 1,000 additions of numbers below 40.
  assertAlmostEquals(difference.value, tokensOf(GAIN.arm) - tokensOf(GAIN.reference), 1e-9);
  assert(Math.abs(difference.value) > 0.1, "the made-up rows differ in length");
});

Deno.test("what results lack leaves a claim open, and the others as they are", () => {
  const gone: Claim = { ...GAIN, id: "gone", arm: "nobody" };
  const [first, second] = judgeClaims(summary, [gone, GAIN]);
  assertEquals("missing" in first ? first.missing : [], ["nobody"]);
  assertEquals("verdict" in second ? second.verdict : "", "agrees");
  const [few] = summarize(attributedResults({ samples: 11 }));
  const [outcome] = judgeClaims(few, [{ ...GAIN, metric: "Pass@32" }]);
  assertEquals("missing" in outcome ? outcome.missing : [], ["Pass@32"]);
  const [single] = summarize(attributedResults({ problems: 1, samples: 32 }));
  assertEquals(judgeClaims(single, [GAIN]), [{ claim: GAIN, missing: [] }]);
});

Deno.test("claims are checked, against the rows of their experiment too", () => {
  const rows = [GAIN.arm, GAIN.reference];
  assertEquals(checkClaims([GAIN], "x", rows), [GAIN]);
  const refused = (value: unknown, message: string) =>
    assertThrows(() => checkClaims(value, "x", rows), UsageError, message);
  refused(undefined, "Cannot use claims of experiment x: found undefined");
  refused([], "claims");
  refused([{ ...GAIN, direction: "better" }], 'found "better", expected "more" or "less"');
  refused([{ ...GAIN, metric: "pass@1" }], 'did you mean "Pass@1"?');
  refused([{ ...GAIN, claim: "no full stop" }], "one sentence with a full stop");
  refused([{ ...GAIN, reference: GAIN.arm }], "claims[0].reference");
  refused([GAIN, GAIN], "each id once");
  refused([{ ...GAIN, arm: "discrete-grpo.match" }], 'did you mean "discrete-grpo.matched"?');
  refused([{ ...GAIN, from: "x" }], "an unknown key");
});
