import { assertEquals } from "@std/assert";
import { MersenneTwister } from "../../src/random/mersenne_twister.ts";
import golden from "../golden/verl_best.json" with { type: "json" };

Deno.test("its words are NumPy's, also beyond the first twist", () => {
  const first = new MersenneTwister(golden.words.seed);
  assertEquals(golden.words.values.map(() => first.word()), golden.words.values);
  const later = new MersenneTwister(golden.later.seed);
  for (let i = 0; i < golden.later.from; i++) later.word();
  assertEquals(golden.later.values.map(() => later.word()), golden.later.values);
});

Deno.test("its integers are those of numpy.random.choice with replacement", () => {
  for (const { seed, n, values } of golden.choices) {
    const random = new MersenneTwister(seed);
    assertEquals(values.map(() => random.integer(n)), values, `of ${n}`);
  }
});

Deno.test("one of one is drawn without a word", () => {
  const [random, other] = [new MersenneTwister(3), new MersenneTwister(3)];
  assertEquals(random.integer(1), 0);
  assertEquals(random.word(), other.word());
});
