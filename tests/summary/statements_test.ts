import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { statements } from "../../src/summary/statements.ts";
import { summarize } from "../../src/summary/summary.ts";
import { madeUpResults } from "../report/made_up_results.ts";
import { attributedResults } from "./attributed.ts";

const results = attributedResults({ problems: 37 });

Deno.test("one sentence says what is filter, what is estimator, what is softness", () => {
  const [sentence] = statements(summarize(results)[0]);
  for (const part of ["filter +", "noise", "softness", "estimator −", "softness in training"]) {
    assertStringIncludes(sentence, part);
  }
});

Deno.test("an arm that does not gain over its base is named", () => {
  const [, gain] = statements(summarize(results)[0]);
  assertStringIncludes(gain, "but soft-tokens-grpo (");
  assert(!gain.includes("discrete-grpo ("));
});

Deno.test("where few arms gain they are named, and where none does that is said", () => {
  const [summary] = summarize(results);
  const trained = summary.attribution.filter(({ question }) => question === "training").map(({ arm }) => arm);
  const sentence = (gaining: readonly string[]) => {
    const attribution = summary.attribution.map((row) => {
      if (row.question !== "training") return row;
      const gains = gaining.includes(row.arm);
      const [own, ...others] = row.differences;
      const first = { ...own, value: gains ? 0.03 : -0.01, certainty: gains ? own.certainty : "none" as const };
      return { ...row, differences: [first, ...others] };
    });
    return statements({ ...summary, attribution })[1];
  };
  assert(trained.length > 2);
  assertMatch(sentence([]), /^Under the matched decoding no trained arm gains Pass@1 over the untrained model: /);
  assertMatch(
    sentence(trained.slice(0, 1)),
    /^Under the matched decoding only \S+ \(\+3\.0.*\) gains Pass@1 .*, and not /,
  );
});

Deno.test("a row whose thoughts are nearly all one token is soft in name", () => {
  const softness = {
    positions: 10,
    topWeight: { mean: 0.99, quartiles: [0.99, 1, 1] as const },
    entropy: { mean: 0.02, quartiles: [0, 0, 0] as const },
    divergence: { mean: 0, quartiles: [0, 0, 0] as const },
    entries: { mean: 1, quartiles: [1, 1, 1] as const },
    oneToken: 0.948,
  };
  const soft = results.map((result) => ({ ...result, softness }));
  const sentence = statements(summarize(soft)[0]).find((text) => text.startsWith("Soft in name"))!;
  assertStringIncludes(sentence, "base.soft-thinking 94.8 %");
  // Tokens, and mixtures made hard on purpose, are no news.
  assert(!sentence.includes("matched") && !sentence.includes("hard-thoughts"));
  const less = results.map((result) => ({ ...result, softness: { ...softness, oneToken: 0.89 } }));
  assert(!statements(summarize(less)[0]).some((text) => text.startsWith("Soft in name")));
});

Deno.test("what a run noted of its training is said once, with arm and seed", () => {
  const noted = results.map((result) =>
    result.arm.label.startsWith("discrete-grpo") && result.arm.seed === 2
      ? { ...result, training: { ...result.training, notes: ["no step had a gradient"] } }
      : result
  );
  assertEquals(statements(summarize(noted)[0]).filter((text) => text.includes("no step")), [
    "discrete-grpo, seed 2: no step had a gradient",
  ]);
});

Deno.test("the best step of a validation is named, and that results are of the last", () => {
  const seen = results.filter(({ arm }) => arm.label === "discrete-grpo.matched" && arm.seed === 3).map((result) => ({
    ...result,
    training: {
      ...result.training,
      curve: result.training.curve.map((point) =>
        point.step % 3 === 0 || point.step === 13
          ? { ...point, validationPassAt1: point.step === 6 ? 0.52 : 0.5 }
          : point
      ),
    },
  }));
  assertEquals(statements(summarize(seen)[0]), [
    "discrete-grpo, seed 3: validation Pass@1 was best after step 6 (52.0 %), after the last step 13 it was 50.0 %; " +
    "results are of the last step.",
  ]);
});

Deno.test("mixtures without noise are not in the sentence", () => {
  assert(!statements(summarize(results)[0])[0].includes("noiseless"));
});

Deno.test("without a matched decoding there is nothing to say of parts", () => {
  assertEquals(statements(summarize(madeUpResults())[0]), []);
});
