/**
 * Which mutants of all are tried.
 *
 * @module
 */
import { RandomSequence } from "../../src/random/streams.ts";
import type { Mutant } from "./operators.ts";

/** A mutant of a file. */
export interface FileMutant extends Mutant {
  /** From `src/` on. */
  readonly path: string;
}

/**
 * Places at random, and of each one of its mutants: a number, which has three, weighs no more than a comparison.
 *
 * @param count at most as many as there are places
 */
export function sampleMutants(mutants: readonly FileMutant[], count: number, seed: number): FileMutant[] {
  const random = new RandomSequence("mutation", seed);
  const places = [...Map.groupBy(mutants, ({ path, place }) => `${path} ${place}`).values()];
  return random.shuffle(places).slice(0, count).map((place) => place[random.integer(place.length)]);
}
