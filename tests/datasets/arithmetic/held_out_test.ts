import { assert, assertEquals } from "@std/assert";
import { heldOut } from "../../../src/datasets/arithmetic/held_out.ts";
import { HELD_OUT_PROBLEMS } from "../../../src/datasets/arithmetic/task.ts";
import { ARITHMETIC_TASKS } from "../../../src/datasets/arithmetic/tasks.ts";
import { rowsSha256 } from "../../../src/datasets/problem.ts";

/** The question as JavaScript sees it: the signs are the language's own, so the answer can be computed from the text. */
function valueOf(question: string): number {
  return question.split(/(?=[+-])/).reduce(
    (sum, term) =>
      sum + Math.sign(Number(term.match(/^[+-]?/)![0] + "1")) *
        term.replace(/^[+-]/, "").split("*").reduce((product, factor) => product * Number(factor), 1),
    0,
  );
}

for (const task of ARITHMETIC_TASKS) {
  const { problems, sha256, name, version } = heldOut(task);

  Deno.test(`${task.name}: 200 different questions whose answers are their values`, () => {
    assertEquals([name, version, problems.length], [task.name, "1", HELD_OUT_PROBLEMS]);
    assertEquals(new Set(problems.map(({ question }) => question)).size, HELD_OUT_PROBLEMS);
    assertEquals(problems[7].id, `${task.name}/0007`);
    for (const { question, answer } of problems) assertEquals(answer, String(valueOf(question)), question);
  });

  Deno.test(`${task.name}: the operands lie in their ranges, and reach into both halves of them`, () => {
    const operands = problems.map(({ question }) => question.match(/\d+/g)!.map(Number));
    task.operands.forEach(({ low, high }, i) => {
      const values = operands.map((each) => each[i]);
      assert(values.every((value) => value >= low && value <= high));
      const upper = values.filter((value) => value > (low + high) / 2).length;
      // Binomial with 200 draws: 60 to 140 is more than 5 standard deviations on either side.
      assert(upper > 60 && upper < 140, `${upper} of 200 in the upper half`);
    });
  });

  Deno.test(`${task.name}: the pinned hash is that of its rows`, () => {
    assertEquals([task.rowsSha256, sha256], [rowsSha256(problems), rowsSha256(problems)]);
  });
}

Deno.test("the families have as many questions as their laws allow", () => {
  const counts = ARITHMETIC_TASKS.map(({ operands }) =>
    operands.reduce((count, { low, high }) => count * (high - low + 1), 1)
  );
  assertEquals(counts, [7921, 7921, 495_616, 7744, 78_144]);
});
