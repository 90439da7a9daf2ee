/**
 * Log-probability of an ordinary token, with its derivative: the density of every hard token, in thought or answer.
 *
 * @module
 */
import { logProbability, type MutableSlopes, type Readings, type Reads } from "../models/readings.ts";
import type { DrawnToken } from "./sample_token.ts";
import { int32s } from "../models/small_arrays.ts";

/**
 * What the log-densities of tokens read: over the tokens they were drawn among where those are kept, else over the whole
 * vocabulary.
 *
 * @param tokens their ids; several draws of one step share what they were drawn among
 */
export function tokenReads(tokens: Int32Array, kept: Int32Array | undefined, temperature: number): Reads {
  if (kept === undefined) return { at: tokens, logSumExp: [temperature] };
  const at = int32s(kept.length + tokens.length);
  at.set(kept);
  at.set(tokens, kept.length);
  return { at };
}

/**
 * Log-density of a token as it was drawn, from what {@link tokenReads} names.
 *
 * @param draw which of the tokens
 * @param slopes receive `+= scale · d value / d readings` where given
 */
export function tokenLogDensity(
  readings: Readings,
  { kept }: Pick<DrawnToken, "kept">,
  temperature: number,
  slopes?: MutableSlopes,
  scale = 1,
  draw = 0,
): number {
  if (kept !== undefined) return logSoftmaxAmong(readings.at!, kept.length, draw, temperature, slopes?.at, scale);
  if (slopes) {
    slopes.at![draw] += scale / temperature;
    slopes.logSumExp![readings.reads.logSumExp!.indexOf(temperature)] -= scale;
  }
  return logProbability(readings, readings.at![draw], temperature);
}

/**
 * `log softmax(kept logits / temperature)` of one of the kept tokens, which stands behind them once more.
 *
 * @param logits (K + draws)
 * @param slopes as long, receive `+= scale · d value / d logits` where given
 */
function logSoftmaxAmong(
  logits: Float32Array,
  count: number,
  draw: number,
  temperature: number,
  slopes: Float64Array | undefined,
  scale: number,
): number {
  const token = count + draw;
  let top = -Infinity;
  for (let i = 0; i < count; i++) if (logits[i] > top) top = logits[i];
  let mass = 0;
  for (let i = 0; i < count; i++) mass += Math.exp((logits[i] - top) / temperature);
  if (slopes !== undefined) {
    const perLogit = scale / temperature;
    for (let i = 0; i < count; i++) slopes[i] -= perLogit * Math.exp((logits[i] - top) / temperature) / mass;
    slopes[token] += perLogit;
  }
  return (logits[token] - top) / temperature - Math.log(mass);
}
