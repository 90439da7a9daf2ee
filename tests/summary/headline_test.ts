import { assertEquals, assertMatch } from "@std/assert";
import { headline } from "../../src/summary/headline.ts";
import type { Difference } from "../../src/summary/differences.ts";
import { summarize, type Summary } from "../../src/summary/summary.ts";
import { MADE_UP_ARMS, madeUpResults } from "../report/made_up_results.ts";
import { attributedResults } from "./attributed.ts";

const [summary] = summarize(attributedResults({ problems: 5, samples: 7 }));

/** The summary in which soft methods differ from discrete GRPO as given, in the order of the table. */
function withDifferences(own: readonly Pick<Difference, "value" | "certainty">[]): Summary {
  let next = 0;
  return {
    ...summary,
    attribution: summary.attribution.map((row) =>
      row.question === "against discrete GRPO"
        ? { ...row, differences: row.differences.map((difference) => ({ ...difference, ...own[next] })), next: next++ }
        : row
    ),
  };
}

const sentenceOf = (own: readonly Pick<Difference, "value" | "certainty">[]) =>
  headline(withDifferences(own))!.sentence.replace(/\d+\.\d/g, "N");

Deno.test("the best soft method stands against discrete GRPO, whichever way it came out", () => {
  const worse = { value: -0.05, certainty: "clear" } as const;
  const open = { value: 0.01, certainty: "none" } as const;
  const better = { value: 0.04, certainty: "these-models" } as const;
  assertEquals(
    sentenceOf([worse, { ...worse, value: -0.02 }, worse, worse]),
    "Decoded alike, discrete-grpo beats all 4 soft methods: N % right answers; the best soft one, " +
      "soft-thinking-grpo-release, has N % right answers.",
  );
  assertEquals(
    sentenceOf([worse, open, worse, worse]),
    "Decoded alike, no soft method is shown to beat discrete-grpo: the best soft one, soft-thinking-grpo-release, has " +
      "N % right answers, against N % right answers.",
  );
  assertEquals(
    sentenceOf([better, open, worse, worse]),
    "Decoded alike, lepo beats discrete-grpo: N % right answers against N % right answers (1 of 4 soft methods do).",
  );
});

Deno.test("the figure is the difference of the two with the table's interval, and says how sure it is", () => {
  const own = { value: -0.061, low: -0.087, high: -0.035, pAdjusted: 0.005, certainty: "clear" } as const;
  const { figure, of, interval, sureness } = headline(withDifferences([own, own, own, own]))!;
  assertEquals([figure, of, interval], [
    "−6.1 points of Pass@1",
    "lepo − discrete-grpo",
    "95 % interval −8.7 to −3.5, p 0.005",
  ]);
  assertMatch(sureness, /^Sure for new problems/);
  const open = { ...own, certainty: "none" } as const;
  assertMatch(headline(withDifferences([open, open, open, open]))!.sureness, /^Not sure/);
});

Deno.test("without a matched decoding it is the greatest gain by training", () => {
  const [plain] = summarize(madeUpResults());
  assertMatch(
    headline(plain)!.sentence,
    /^discrete-grpo gains the most of 4 trained arms by training: from \d+\.\d % right answers to \d+\.\d % right/,
  );
});

Deno.test("where nothing was trained there is none", () => {
  assertEquals(headline(summarize(madeUpResults({ arms: MADE_UP_ARMS.slice(0, 2) }))[0]), undefined);
});
