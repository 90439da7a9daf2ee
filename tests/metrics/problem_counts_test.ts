import { assertEquals } from "@std/assert";
import { problemCounts } from "../../src/metrics/problem_counts.ts";
import type { Sample } from "../../src/evaluation/sample.ts";

const PROBLEMS = [{ id: "d/0000" }, { id: "d/0001" }];

function sample(overrides: Partial<Sample>): Sample {
  return {
    problem: "d/0000",
    sample: 0,
    seed: 1,
    text: "",
    answer: "3",
    canonical: "3",
    correct: true,
    tokens: 2,
    finish: "stop",
    ...overrides,
  };
}

Deno.test("problemCounts() groups votes by canonical form and counts blanks, cuts and grader errors apart", () => {
  const wrong = { correct: false, answer: "4.0", canonical: "4" };
  const [counts, empty] = problemCounts(PROBLEMS, [
    sample({ tokens: 2 }),
    sample({ tokens: 5 }),
    sample({ ...wrong, tokens: 11, finish: "length" }),
    sample({ correct: false, answer: null, canonical: null, tokens: 3 }),
    sample({ correct: false, answer: "?", canonical: null, graderError: "gave up", tokens: 4 }),
    sample({ problem: "d/0001", ...wrong }),
  ]);
  assertEquals(counts, {
    id: "d/0000",
    n: 5,
    c: 2,
    votes: [["3", 2, true], ["4", 1, false]],
    tokens: { mean: 5, correctMean: 3.5 },
    truncated: 1,
    unextracted: 1,
    graderErrors: 1,
  });
  assertEquals(empty.tokens?.correctMean, null);
});

Deno.test("programs have no votes: none is without answer but where there is none", () => {
  const program = { kind: "python-tests", canonical: null } as const;
  const samples = [
    sample({ ...program, answer: "x = 1\n", program: "passed" }),
    sample({ ...program, answer: "x = 2\n", program: "failed", correct: false }),
    sample({ ...program, answer: null, program: "none", correct: false }),
    sample({ ...program, answer: "x = 3\n", correct: false, graderError: "gave up" }),
  ];
  const [{ n, c, votes, unextracted, graderErrors }] = problemCounts([PROBLEMS[0]], samples);
  assertEquals([n, c, votes, unextracted, graderErrors], [4, 1, undefined, 1, 1]);
  // Where all completions are empty the dataset says it.
  const blank = problemCounts([PROBLEMS[0]], [sample({ answer: null, canonical: null, correct: false })], {
    voted: false,
  });
  assertEquals([blank[0].votes, blank[0].unextracted], [undefined, 1]);
});

Deno.test("answers with equally many votes stand by their text, whichever was given first", () => {
  const answers = ["9", "12", "7", "7", "31", "12", "9"];
  const samples = answers.map((canonical, i) => sample({ sample: i, answer: canonical, canonical, correct: false }));
  const [{ votes }] = problemCounts([PROBLEMS[0]], samples);
  assertEquals(votes!.map(([answer, count]) => [answer, count]), [["12", 2], ["7", 2], ["9", 2], ["31", 1]]);
});
