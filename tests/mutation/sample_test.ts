import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { mutantsOf } from "./operators.ts";
import { type FileMutant, sampleMutants } from "./sample.ts";

const mutants = ["src/a.ts", "src/b.ts"].flatMap((path) =>
  mutantsOf("x = 3;\ny = a < b;\nz = !c && d;").map((mutant): FileMutant => ({ path, ...mutant }))
);

Deno.test("a sample has one fault a place, the same for the same seed", () => {
  const places = new Set(mutants.map(({ path, place }) => `${path} ${place}`));
  const drawn = sampleMutants(mutants, 99, 7);
  assertEquals(new Set(drawn.map(({ path, place }) => `${path} ${place}`)), places);
  assertEquals(drawn.length, places.size);
  assertEquals(sampleMutants(mutants, 99, 7), drawn);
  assertEquals(sampleMutants(mutants, 3, 7).length, 3);
  assertNotEquals(sampleMutants(mutants, 99, 8), drawn);
});

Deno.test("every place is as likely, and so is every fault of a place", () => {
  const counts = new Map<string, number>();
  const seeds = 2000;
  for (let seed = 1; seed <= seeds; seed++) {
    const [{ path, place, after }] = sampleMutants(mutants, 1, seed);
    for (const key of [`${path} ${place}`, ...(after.startsWith("x =") ? [after] : [])]) {
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  const close = (count: number, share: number) =>
    assert(Math.abs(count / seeds - share) < 4 * Math.sqrt(share * (1 - share) / seeds), `${count}, ${share}`);
  const places = [...counts].filter(([key]) => key.startsWith("src/"));
  assertEquals(places.length, 8);
  for (const [, count] of places) close(count, 1 / 8);
  for (const after of ["x = 4;", "x = 6;", "x = 0;"]) close(counts.get(after)!, 1 / 12);
});
