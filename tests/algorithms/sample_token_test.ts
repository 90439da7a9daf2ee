import { assert, assertEquals } from "@std/assert";
import { noiseStream, RandomSequence } from "../../src/random/streams.ts";
import { OLD_LOGITS, tokenOf, writtenNoise } from "./helpers.ts";
import type { StepNoise } from "../../src/random/noise.ts";

const STREAM = noiseStream({ seed: 7, purpose: "test", dataset: "none", problem: "tokens", sample: 0 });

Deno.test("the token is the argmax of log-probability plus noise, read by vocabulary id", () => {
  const logits = Float32Array.of(0, 2, 1);
  assertEquals(tokenOf(logits, { temperature: 1 }, writtenNoise({ gumbel: [1.9, 0, 0.5] })), 1);
  assertEquals(tokenOf(logits, { temperature: 1 }, writtenNoise({ gumbel: [2.1, 0, 0.5] })), 0);
  // At temperature 2 the logits are 0, 1, 0.5.
  assertEquals(tokenOf(logits, { temperature: 2 }, writtenNoise({ gumbel: [1.9, 0, 0.5] })), 0);
});

Deno.test("filtered tokens cannot be drawn, and their noise is not read", () => {
  const noise = writtenNoise({ gumbel: [0, 0, 0] });
  assertEquals(tokenOf(OLD_LOGITS, { temperature: 1, topK: 5, topP: 0.9 }, noise), 0);
});

Deno.test("tokens left out without reading their noise could not have won", () => {
  const random = new RandomSequence("hopeless");
  for (let draw = 0; draw < 300; draw++) {
    // Spread enough that many of the 101 tokens are hopeless, and little enough that others win.
    const logits = Float32Array.from({ length: 101 }, () => random.gaussian() * (1 + draw % 20));
    const noise = STREAM.at(draw);
    const scores = Array.from(logits, (z, i) => z / 0.8 + noise.gumbel(i));
    assertEquals(tokenOf(logits, { temperature: 0.8 }, noise), scores.indexOf(Math.max(...scores)));
  }
});

Deno.test("hopeless tokens cost no noise", () => {
  const read: string[] = [];
  const counting: StepNoise = {
    ...writtenNoise({}),
    gumbel: (i) => (read.push(`gumbel ${i}`), 0),
    gumbelBound: (i) => (read.push(`bound ${i}`), 10),
  };
  // With noise 0 for the best: 50 below is beyond any noise, 15 below beyond the bound, 5 below is not.
  tokenOf(Float32Array.of(50, 100, 85, 95), { temperature: 1 }, counting);
  assertEquals(read.filter((entry) => !entry.endsWith("1")), ["bound 2", "bound 3", "gumbel 3"]);
});

for (const filter of [{ temperature: 1 }, { temperature: 1, topK: 5, topP: 0.95 }]) {
  Deno.test(`draws follow the law under ${JSON.stringify(filter)}`, () => {
    const draws = 20_000;
    const counts = new Array(8).fill(0);
    for (let i = 0; i < draws; i++) counts[tokenOf(OLD_LOGITS, filter, STREAM.at(i))]++;
    const kept = "topK" in filter ? 4 : 8;
    const weights = Array.from(OLD_LOGITS, (z, i) => i < kept ? Math.exp(z) : 0);
    const mass = weights.reduce((sum, weight) => sum + weight, 0);
    let statistic = 0;
    weights.forEach((weight, i) => {
      const expected = draws * weight / mass;
      if (expected === 0) assertEquals(counts[i], 0);
      else statistic += (counts[i] - expected) ** 2 / expected;
    });
    // 99.99 % quantile of chi-square with 7 degrees of freedom; the seed is fixed.
    assert(statistic < 29.9, `${statistic}`);
  });
}
