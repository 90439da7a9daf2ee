/** What several tests of algorithms need: noise that is written down, and derivatives by differences. */
import type { Replay, ThoughtAction, ThoughtAlgorithm } from "../../src/algorithms/algorithm.ts";
import {
  type CandidateFilter,
  candidateReads,
  type Candidates,
  selectCandidates,
} from "../../src/algorithms/candidates.ts";
import { tokenLogDensity, tokenReads } from "../../src/algorithms/log_softmax.ts";
import { type DrawnToken, drawReads, drawToken } from "../../src/algorithms/sample_token.ts";
import { addSlopes, readRow } from "../../src/models/host_readings.ts";
import {
  joinReads,
  type MutableSlopes,
  NOTHING,
  type Readings,
  type Reads,
  zeroSlopes,
} from "../../src/models/readings.ts";
import type { StepNoise } from "../../src/random/noise.ts";

/** Written noise comes from no generator; whoever computes it from the key gets other noise. */
const NO_KEY = { counter1: 0, counter2: 0, counter3: 0, key0: 0, key1: 0 };

/** Noise of given entries, by vocabulary id, coordinate or draw; reading any other is an error. */
export function writtenNoise(
  entries: {
    gumbel?: readonly number[];
    gaussian?: readonly number[];
    gamma?: readonly number[];
    uniform?: readonly number[];
  },
): StepNoise {
  const read = (kind: keyof typeof entries) => (i: number) => {
    const value = entries[kind]?.[i];
    if (value === undefined) throw new Error(`no ${kind} noise was written down for entry ${i}`);
    return value;
  };
  return {
    gumbelKey: NO_KEY,
    gumbel: read("gumbel"),
    gumbelBound: () => Infinity,
    gaussian: read("gaussian"),
    gamma: read("gamma"),
    uniform: read("uniform"),
  };
}

/** A row of logits (V), and the (V, D) table where a mean embedding is read. */
export interface Row {
  readonly logits: Float32Array;
  readonly table?: Float32Array;
}

/** A row under which an action is scored. */
export interface RowReplay extends Row {
  readonly action: ThoughtAction;
}

/**
 * A value of what was read, on a whole row: reads it, and carries slopes back to the logits.
 *
 * @param gradient (V), receives `+= d value / d logits` where given
 */
export function onRow<T>(
  { logits, table }: Row,
  reads: Reads,
  value: (readings: Readings, slopes?: MutableSlopes) => T,
  gradient?: Float32Array,
): T {
  const readings = readRow(logits, reads, table);
  if (gradient === undefined) return value(readings);
  const slopes = zeroSlopes(readings);
  const found = value(readings, slopes);
  addSlopes(logits, reads, slopes, gradient, table);
  return found;
}

/** The tokens of a whole row that pass a filter. */
export function candidatesOf(logits: Float32Array, filter: CandidateFilter): Candidates {
  return selectCandidates(readRow(logits, candidateReads(filter)), filter);
}

/** A token drawn from a whole row. */
export function tokenOf(logits: Float32Array, filter: CandidateFilter, noise: StepNoise): number {
  return drawToken(readRow(logits, drawReads(filter)(noise)), filter, noise, "full").token;
}

/** Log-density of a token under a whole row. */
export function tokenDensity(
  logits: Float32Array,
  { token, kept }: DrawnToken,
  temperature: number,
  gradient?: Float32Array,
  scale?: number,
): number {
  return onRow(
    { logits },
    tokenReads(Int32Array.of(token), kept, temperature),
    (readings, slopes) => tokenLogDensity(readings, kept ? { kept } : {}, temperature, slopes, scale),
    gradient,
  );
}

/** Id of the largest logit. */
export function argmax(logits: Float32Array): number {
  return logits.indexOf(Math.max(...logits));
}

/** What an algorithm makes of whole rows of logits. */
export type AlgorithmOnRows = ReturnType<typeof onRows>;

/** An algorithm asked of whole rows of logits, as if there were no model. */
export function onRows<A extends ThoughtAlgorithm>(algorithm: A) {
  const { act, logDensity, drawLogDensities, divergence, ...rest } = algorithm;
  const replayOn = <T>(
    { action, ...row }: RowReplay,
    value: (replay: Replay, slopes?: MutableSlopes) => T,
    gradient?: Float32Array,
    more: Reads = NOTHING,
  ) =>
    onRow(
      row,
      joinReads(algorithm.densityReads(action), more),
      (readings, slopes) => value({ readings, action }, slopes),
      gradient,
    );
  return {
    ...rest,
    act: ({ logits, table, noise }: Row & { readonly noise: StepNoise }): ThoughtAction =>
      act({ readings: readRow(logits, algorithm.reads(noise), table), noise }),
    logDensity: (replay: RowReplay, gradient?: Float32Array, scale?: number): number =>
      replayOn(replay, (own, slopes) => logDensity(own, slopes, scale), gradient),
    drawLogDensities: drawLogDensities &&
      ((replay: RowReplay, gradient?: Float32Array, scales?: ArrayLike<number>): Float64Array =>
        replayOn(replay, (own, slopes) => drawLogDensities(own, slopes, scales), gradient)),
    referenceOf: ({ logits, action }: RowReplay): Readings => readRow(logits, divergence!.referenceReads(action)),
    divergence: divergence &&
      ((replay: RowReplay, reference: Readings, gradient?: Float32Array, scale?: number): number =>
        replayOn(
          replay,
          (own, slopes) => divergence.value(own, reference, slopes, scale),
          gradient,
          divergence.reads(reference),
        )),
  };
}

/**
 * d value / d logits by central differences, with logits in 32 bits: steps are powers of two, so that they are exact,
 * and the value is computed in 64 bits.
 */
export function centralDifferences(value: (logits: Float32Array) => number, logits: Float32Array, step = 2 ** -10) {
  return Float64Array.from(logits, (_, i) => {
    const up = logits.slice();
    const down = logits.slice();
    up[i] += step;
    down[i] -= step;
    return (value(up) - value(down)) / (up[i] - down[i]);
  });
}

/** The hand-derived gradient of an action's log-density. */
export function logDensityGradient(
  algorithm: Pick<AlgorithmOnRows, "logDensity">,
  logits: Float32Array,
  action: ThoughtAction,
  scale?: number,
  table?: Float32Array,
): Float32Array {
  const gradient = new Float32Array(logits.length);
  algorithm.logDensity({ logits, action, ...(table && { table }) }, gradient, scale);
  return gradient;
}

/** `z_old`, `z_new` and `z_ref` of the reference vectors: 8 logits. */
export const OLD_LOGITS = Float32Array.of(2, 1.2, 0.3, -0.5, -1, -2, -3, -4);
export const NEW_LOGITS = Float32Array.of(2.3, 1, 0.4, -0.5, -0.8, -2, -3, -4);
export const REFERENCE_LOGITS = Float32Array.of(1.9, 1.3, 0.25, -0.5, -1, -2, -3, -4);
