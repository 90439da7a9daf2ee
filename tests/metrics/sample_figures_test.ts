import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { Sample } from "../../src/evaluation/sample.ts";
import { SampleFigures } from "../../src/metrics/sample_figures.ts";

function sample(text: string, tokens: number, thoughts?: number): Sample {
  return {
    problem: "p",
    sample: 0,
    seed: 1,
    text,
    answer: null,
    canonical: null,
    correct: false,
    tokens,
    finish: "stop",
    ...(thoughts !== undefined && { thoughts }),
  };
}

function figuresOf(...datasets: Sample[][]): SampleFigures {
  const figures = new SampleFigures();
  for (const samples of datasets) figures.add(samples);
  return figures;
}

Deno.test("tokens of thought and answer are means over datasets, each the mean of its samples", () => {
  const figures = figuresOf([sample("a", 7, 2), sample("b", 9, 5)], [sample("c", 13, 11)]);
  assertAlmostEquals(figures.thoughtTokens!, (3.5 + 11) / 2, 1e-12);
  assertAlmostEquals(figures.answerTokens!, (4.5 + 2) / 2, 1e-12);
});

Deno.test("samples that do not say how long they thought give none, rather than 0", () => {
  const figures = figuresOf([sample("a", 7, 2), sample("b", 9)]);
  assertEquals([figures.thoughtTokens, figures.answerTokens, figures.softness], [null, null, null]);
});

Deno.test("likeness is the share of equal texts at the same place, over all samples", () => {
  const own = figuresOf([sample("a", 7), sample("b", 7)], [sample("c", 7), sample("d", 7), sample("e", 7)]);
  const other = figuresOf([sample("a", 7), sample("c", 7)], [sample("c", 7), sample("d ", 7), sample("e", 7)]);
  assertEquals(own.likeness(other), 3 / 5);
  assertEquals(own.likeness(own), 1);
});

Deno.test("softness is merged over all samples that had thoughts", () => {
  const one = (value: number) => ({ sum: 2 * value, counts: [[value, 2]] as const });
  const softness = { topWeight: one(0.5), entropy: one(0.7), divergence: one(0.2), entries: one(3), oneToken: 1 };
  const figures = figuresOf([{ ...sample("a", 7, 2), softness }], [sample("b", 7, 0)]);
  assertEquals([figures.softness?.positions, figures.softness?.topWeight.mean, figures.softness?.oneToken], [
    2,
    0.5,
    0.5,
  ]);
});
