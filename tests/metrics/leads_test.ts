import { assertEquals } from "@std/assert";
import { withoutReplacement } from "../../src/metrics/draw_law.ts";
import { leadsOf } from "../../src/metrics/leads.ts";

Deno.test("leads are the votes that a right answer can win with, against those that can get as many", () => {
  const kinds = [
    { count: 7, correct: false, number: 1 },
    { count: 3, correct: true, number: 1 },
    { count: 1, correct: false, number: 2 },
  ];
  // Five of 13 samples are drawn, of which one is blank.
  const leads = leadsOf(kinds, 1, withoutReplacement(13, 5));
  assertEquals(
    leads.map(({ votes, rivals, harmless, tieWeights }) => [votes, rivals, harmless, tieWeights.length]),
    // With one vote, three others may tie: the integral of y³ takes two nodes. With two, one of k = 5.
    [[1, 3, 1, 2], [2, 2, 3, 1], [3, 2, 3, 1]],
  );
  assertEquals(leadsOf(kinds.filter(({ correct }) => !correct), 4, withoutReplacement(13, 5)), []);
});

Deno.test("of a thousand samples only leads that have a chance are looked at", () => {
  const kinds = [{ count: 509, correct: true, number: 1 }, { count: 515, correct: false, number: 1 }];
  const votes = leadsOf(kinds, 0, withoutReplacement(1024, 512)).map(({ votes }) => votes);
  assertEquals(votes.length < 200 && votes[0] > 150 && votes.includes(255) && votes.at(-1)! < 360, true);
  assertEquals(votes, Array.from(votes, (_, i) => votes[0] + i));
});
