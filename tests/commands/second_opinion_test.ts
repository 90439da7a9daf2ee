import { assertEquals } from "@std/assert";
import { askGraders, differenceLines, opinionSummary } from "../../src/commands/second_opinion.ts";

const PAIRS = [
  { gold: "5", pred: "\\boxed{5}" },
  { gold: "5", pred: "\\boxed{5.0}" },
  { gold: "\\frac14", pred: `${"so ".repeat(200)}\\boxed{0.25}` },
  { gold: "5", pred: "\\boxed{6}" },
];

Deno.test("graders are asked once each, and differ where not all say the same", async () => {
  const opinions = await askGraders(PAIRS, ["symbolic", "release-string", "symbolic"]);
  assertEquals([...opinions.verdicts], [
    ["symbolic", [true, true, true, false]],
    ["release-string", [true, false, false, false]],
  ]);
  assertEquals(opinions.differing, [1, 2]);
  assertEquals(
    opinionSummary(opinions, PAIRS.length),
    "4 pairs: symbolic calls 3 right, 2 alone; release-string calls 1 right, 0 alone; they differ on 2",
  );
});

Deno.test("a difference shows line, verdicts and the end of the prediction", async () => {
  const lines = differenceLines(PAIRS, await askGraders(PAIRS, ["symbolic", "release-string"]));
  const [, { pred, ...rest }] = lines.map((line) => JSON.parse(line));
  assertEquals(rest, { line: 3, symbolic: true, "release-string": false, gold: "\\frac14" });
  assertEquals([pred.length, pred.endsWith("\\boxed{0.25}")], [300, true]);
});
