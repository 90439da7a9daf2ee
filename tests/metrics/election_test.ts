import { assertAlmostEquals, assertEquals } from "@std/assert";
import { withoutReplacement, withReplacement } from "../../src/metrics/draw_law.ts";
import { electedRight } from "../../src/metrics/election.ts";
import type { AnswerKind } from "../../src/metrics/leads.ts";

const ROUNDING = 1e-13;

const KINDS: readonly AnswerKind[] = [
  { count: 2, correct: true, number: 1 },
  { count: 1, correct: false, number: 3 },
];

Deno.test("a right answer is elected as often as one counts by hand", () => {
  // Two of six samples, one blank: of 15 pairs one is both right ones, 2 x 3 tie with a wrong one, 2 are with the blank.
  const law = withoutReplacement(6, 2);
  const { whole, withoutOne } = electedRight(KINDS, 1, law, { withoutOne: true });
  assertAlmostEquals(whole / law.allDrawn(6), (1 + 6 / 2 + 2) / 15, ROUNDING);
  // Of five: 1 x 3 ties and one with the blank; 2 x 2 ties, both and two with the blank; six ties and both.
  const expected = [(3 / 2 + 1) / 10, (4 / 2 + 1 + 2) / 10, (6 / 2 + 1) / 10];
  assertEquals(withoutOne.length, expected.length);
  withoutOne.forEach((own, i) => assertAlmostEquals(own / law.allDrawn(5), expected[i], ROUNDING));
});

Deno.test("with replacement a sample may be drawn twice", () => {
  // 36 pairs: 4 both right, 2 x 2 x 3 ties, 2 x 2 with the blank.
  const law = withReplacement(6, 2);
  assertAlmostEquals(electedRight(KINDS, 1, law).whole / law.allDrawn(6), (4 + 12 / 2 + 4) / 36, ROUNDING);
  assertEquals(electedRight(KINDS, 1, law).withoutOne, []);
});

Deno.test("at a thousand samples, those that are not drawn are missed by no draw", () => {
  const kinds: AnswerKind[] = [
    ...Array.from({ length: 29 }, (_, i) => ({ count: 30 - i, correct: i % 3 === 1, number: 1 + i % 2 })),
    { count: 1, correct: true, number: 101 },
  ];
  const blank = 67;
  const n = kinds.reduce((sum, { count, number }) => sum + count * number, blank);
  for (const k of [11, 307, 601]) {
    const law = withoutReplacement(n, k);
    const { whole, withoutOne } = electedRight(kinds, blank, law, { withoutOne: true });
    const samples = [...kinds.map(({ count, number }) => count * number), blank];
    const mean = withoutOne.reduce((sum, own, i) => sum + samples[i] * own / n, 0);
    assertAlmostEquals(mean / law.allDrawn(n - 1), whole / law.allDrawn(n), ROUNDING);
  }
});
