/**
 * With how many votes a right answer of a problem can win, and against whom.
 *
 * @module
 */
import { type DrawLaw, LOST } from "./draw_law.ts";
import type { QuadratureNode } from "./gauss_legendre.ts";

/** Answers that equally many samples gave, and that are all right or all wrong. */
export interface AnswerKind {
  /** Samples that gave each, at least 1. */
  readonly count: number;
  /** Whether they are right. */
  readonly correct: boolean;
  /** How many such answers there are. */
  readonly number: number;
}

/** A number of votes that may be the most, among the kinds of answers in falling order of their counts. */
export interface Lead {
  /** The votes. */
  readonly votes: number;
  /** How many kinds, from the first on, have answers that can get as many. */
  readonly rivals: number;
  /** Samples that cannot decide: blank ones, and those of all other kinds. */
  readonly harmless: number;
  /** Integrates over the weight of a tie, exactly for as many ties as there can be. */
  readonly tieWeights: readonly QuadratureNode[];
}

/** The leads of a right answer among k drawn samples, without those whose chance is {@link LOST}. */
export function leadsOf(kinds: readonly AnswerKind[], blank: number, law: DrawLaw): Lead[] {
  const laws = kinds.map(({ count }) => law.draws(count));
  const most = laws.map(({ least, chances }) => least + chances.length - 1);
  const longest = Math.min(law.k, Math.max(0, ...most.filter((_, s) => kinds[s].correct)));
  // Below it, an answer has surely more.
  const shortest = Math.max(1, ...laws.map(({ least }) => least));
  const atMost = laws.map(({ least, chances }) => sumOf(chances.subarray(0, Math.max(0, shortest - least))));
  const leads: Lead[] = [];
  for (let votes = shortest; votes <= longest; votes++) {
    const chance = laws.map(({ least, chances }) => chances[votes - least] ?? 0);
    chance.forEach((own, s) => atMost[s] += own);
    const rivals = most.filter((own) => own >= votes).length;
    const fighting = kinds.slice(0, rivals);
    const wins = fighting.reduce((sum, { correct, number }, s) => correct ? sum + number * chance[s] : sum, 0);
    const nobodyAbove = fighting.reduce((product, { number }, s) => product * Math.min(1, atMost[s]) ** number, 1);
    if (wins * nobodyAbove <= LOST) continue;
    const ties = fighting.reduce((sum, { number }, s) => sum + number * chance[s], 0);
    const others = fighting.reduce((sum, { number }) => sum + number, -1);
    const tieWeights = law.tieWeights(mostTies(ties, Math.min(others, Math.floor(law.k / votes) - 1)));
    const harmless = kinds.slice(rivals).reduce((sum, { count, number }) => sum + count * number, blank);
    leads.push({ votes, rivals, harmless, tieWeights });
  }
  return leads;
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** The most answers of all that tie with another one, if so many do on average: more than j at no more than mean^j / j!. */
function mostTies(mean: number, all: number): number {
  let chance = 1;
  for (let ties = 1; ties <= all; ties++) {
    chance *= mean / ties;
    if (chance <= LOST) return ties - 1;
  }
  return all;
}
