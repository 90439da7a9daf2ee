import { assertEquals } from "@std/assert";
import { TEACHINGS } from "../../src/pretraining/ways.ts";

const exact = (value: number) => value;

/** Operands, the thoughts of both ways, and what the bug of the question gives, all worked out by hand. */
const cases: Record<string, { operands: number[]; thoughts: [string, string]; bug: number }[]> = {
  "arith-add": [{ operands: [47, 38], thoughts: ["77+8", "70+15"], bug: 75 }],
  "arith-sub": [
    { operands: [38, 64], thoughts: ["-22-4", "-30+4"], bug: -34 },
    { operands: [64, 38], thoughts: ["34-8", "30-4"], bug: 34 },
    { operands: [57, 30], thoughts: ["27+0", "20+7"], bug: 27 },
  ],
  "arith-twomul": [{
    operands: [7, 38, 6, 47],
    thoughts: ["266+282", "210+56+240+42=266+282"],
    bug: 216 + 242,
  }],
  "arith-prod": [{ operands: [47, 38], thoughts: ["1410+376", "1200+210+320+56=1410+376"], bug: 1416 }],
  "arith-prod3": [{ operands: [47, 384], thoughts: ["14100+3948", "14100+3760+188=17860+188"], bug: 17868 }],
};

for (const { task, ways, bug } of TEACHINGS) {
  Deno.test(`${task.name}: both ways and the bug, by hand`, () => {
    for (const { operands, thoughts, bug: buggy } of cases[task.name]) {
      assertEquals(ways.map((way) => way(operands, exact).thought), thoughts);
      assertEquals(bug(operands), buggy);
    }
  });

  Deno.test(`${task.name}: without slips the two terms of either way add up to the answer`, () => {
    for (const pick of [0, 0.37, 0.61, 1]) {
      const operands = task.operands.map(({ low, high }) => low + Math.floor(pick * (high - low)));
      for (const way of ways) {
        const { u, v } = way(operands, exact);
        assertEquals(u + v, task.answer(operands), `${task.question(operands)}`);
      }
    }
  });

  Deno.test(`${task.name}: a slip propagates into what is computed from it`, () => {
    const { operands } = cases[task.name][0];
    for (const way of ways) {
      const { u, v } = way(operands, (value) => value + 1);
      assertEquals(u + v > task.answer(operands), true);
    }
  });
}
