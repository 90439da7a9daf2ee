/**
 * Soft GRPO: Butt, Kwiatkowski, Labiad, Kempe, Ollivier, "Soft Tokens, Hard Truths", arXiv:2509.19170v2. A thought step
 * feeds the mean embedding under the softmax, plus Gaussian noise; its density is that Gaussian (Eqs. 5, 6, 10).
 *
 * | item                | paper                                     | released code | ours                                | why |
 * | ------------------- | ----------------------------------------- | ------------- | ----------------------------------- | --- |
 * | scale of the noise  | 0.33 × "root-mean-square norm" of the embeddings | none   | RMS of one coordinate               | per row the noise would be √d times the embedding; the paper calls it somewhat smaller |
 * | rows of that RMS    | not stated                                | none          | all but `neverFed`, initial table, then fixed | tied rows that are never an input grow large and would inflate it |
 * | temperature         | soft 0.5, fuzzy 0.0001 (section 4)        | none          | the same                            |     |
 * | support             | whole vocabulary (Eq. 5)                  | none          | whole, less entries that cannot be seen in 32 bits (`NEGLIGIBLE` of `models/host_readings.ts`) | a tenth of a model step at most |
 * | additive constant   | in Eq. 10                                 | none          | dropped                             | no gradient, and ratios are not used |
 * | embedding in h = pE | trained or frozen not stated              | none          | no gradient into the table through h | the noisy embedding is the action, and is fed as it is |
 * | input gradient      | not stated                                | none          | `LossConfig.trainInputs`, off in the preset | it would train the rows of answer tokens alone: a thought is fed as an offset |
 * | advantage, loss     | RLOO, no ratio, clip, KL or std (App. A)  | none          | `AdvantageConfig`, `LossConfig`     |    |
 * | end of thinking     | greedy shadow tokens (App. C)             | none          | `token` is the argmax; fed hard, forced rather than drawn (`ThinkingRule.endIsDrawn`) | it is no draw, so that it has no density |
 * | marker of the end   | the shadow's text ends with it (App. C)   | none          | `endRule: "text"`; `sequence` where the marker is one token | the same there |
 *
 * @module
 */
import type { Replay, ThoughtAction, ThoughtAlgorithm } from "./algorithm.ts";
import { z } from "npm:zod@4.3.5";
import type { ThoughtLaw } from "./law.ts";
import { BenchError, UsageError } from "../errors.ts";
import { check } from "../files/check.ts";
import { NEGLIGIBLE } from "../models/host_readings.ts";
import { COUNTED_WEIGHT, divergenceToTop, mixtureSoftness, type ThoughtSoftness } from "./softness.ts";
import { entropyAt, massAt, type MutableSlopes, type Readings } from "../models/readings.ts";
import type { StepNoise } from "../random/noise.ts";

// Types written from the schemas of this file by `deno task schemas`.
/** Settings of Butt et al.'s thought step. */
export interface SoftTokensGrpoConfig {
  /** The mean embedding under the softmax, with Gaussian noise (Butt et al.). */
  readonly name: "soft-tokens-grpo";
  /** τ of the softmax (a number above 0). */
  readonly temperature: number;
  /** γ: the noise's standard deviation over the RMS of an embedding's coordinate (a number of at least 0). */
  readonly noiseScale: number;
  /**
   * σ itself, where the initial embedding table is no longer at hand; overrides `noiseScale` (a number of at least 0;
   * absent: from `noiseScale`).
   */
  readonly noiseDeviation?: number;
}
// End of written types.

/** What {@link SoftTokensGrpoConfig} must be. */
export const softTokensGrpoSchema = z.strictObject({
  name: z.literal("soft-tokens-grpo").describe(
    "the mean embedding under the softmax, with Gaussian noise (Butt et al.)",
  ),
  temperature: z.number().positive().describe("τ of the softmax"),
  noiseScale: z.number().min(0).describe("γ: the noise's standard deviation over the RMS of an embedding's coordinate"),
  noiseDeviation: z.number().min(0).exactOptional().describe(
    "σ itself, where the initial embedding table is no longer at hand; overrides `noiseScale`",
  ).meta({ absent: "from `noiseScale`" }),
}).readonly().meta({ id: "SoftTokensGrpoConfig", description: "settings of Butt et al.'s thought step" });

/** γ of section 4; swept from 0.1 to 3 in table 6, where 3 collapses. */
const PAPER_NOISE_SCALE = 0.33;

const WITHOUT_NOISE = "without noise they have no density; choose a noise scale above 0";

/** Why no arm can be trained with these settings; undefined where one can. */
export function softTokensGrpoUntrainable({ noiseScale, noiseDeviation }: SoftTokensGrpoConfig): string | undefined {
  return (noiseDeviation ?? noiseScale) === 0 ? WITHOUT_NOISE : undefined;
}

/** Settings by preset, section 4. */
export const SOFT_TOKENS_GRPO_PRESETS = {
  soft: { name: "soft-tokens-grpo", temperature: 0.5, noiseScale: PAPER_NOISE_SCALE },
  fuzzy: { name: "soft-tokens-grpo", temperature: 1e-4, noiseScale: PAPER_NOISE_SCALE },
} as const satisfies Record<string, SoftTokensGrpoConfig>;

/** How tables name it: its softmax has no filter. */
export function softTokensGrpoLaw(config: SoftTokensGrpoConfig): ThoughtLaw {
  const random = softTokensGrpoUntrainable(config) === undefined;
  const text = `${random ? "noisy " : ""}mean embeddings τ ${config.temperature}`;
  return { text, hard: "no", ...(random && { noise: "embedding" }) };
}

/**
 * Butt et al.'s thought step.
 *
 * @param coordinateRms root mean square of one coordinate of the untrained model's embedding rows, which sets σ; not needed
 * where the settings give it
 * @throws {UsageError} If a setting is out of range, or nothing sets σ
 */
export function softTokensGrpo(
  config: SoftTokensGrpoConfig,
  coordinateRms?: number,
): ThoughtAlgorithm & { readonly noiseDeviation: number } {
  const { temperature, noiseScale, noiseDeviation } = check(softTokensGrpoSchema, config, { root: "algorithm" });
  const deviation = noiseDeviation ?? noiseScale * required(coordinateRms);
  if (!Number.isFinite(deviation)) {
    throw new BenchError(`Cannot use noise of deviation ${deviation}: expected an embedding table of finite numbers`);
  }

  function act({ readings, noise }: { readings: Readings; noise: StepNoise }): ThoughtAction {
    const mean = readings.meanEmbedding!;
    const noisy = new Float32Array(mean.length);
    let squares = 0;
    let meanSquares = 0;
    for (let j = 0; j < noisy.length; j++) {
      const drawn = deviation === 0 ? 0 : noise.gaussian(j);
      squares += drawn * drawn;
      meanSquares += mean[j] ** 2;
      noisy[j] = mean[j] + deviation * drawn;
    }
    const mixed = heaviest(readings, temperature);
    return {
      token: readings.top!.ids[0],
      input: { ids: NO_IDS, weights: NO_VALUES, offset: noisy },
      ids: NO_IDS,
      scores: NO_VALUES,
      count: 0,
      embedding: noisy,
      drawnLogDensity: -0.5 * squares,
      mixture: shownEntries(mixed),
      softness: softnessOf(mixed, entropyAt(readings, temperature)),
      ...(meanSquares > 0 && { noiseShare: deviation * Math.sqrt(squares / meanSquares) }),
    };
  }

  /** `-‖h̃ - h‖² / 2σ²`; by h, `(h̃ - h) / σ²`. */
  function logDensity({ readings, action }: Replay, slopes?: MutableSlopes, scale = 1): number {
    if (deviation === 0) throw new BenchError(`Cannot score soft thoughts: ${WITHOUT_NOISE}`);
    if (action.embedding === undefined) throw new Error("Cannot score a thought that kept no embedding");
    const mean = readings.meanEmbedding!;
    const distance = new Float64Array(mean.length);
    let squares = 0;
    for (let j = 0; j < mean.length; j++) {
      distance[j] = action.embedding[j] - mean[j];
      squares += distance[j] ** 2;
    }
    if (slopes) slopes.meanEmbedding = { values: distance, scale: scale / deviation ** 2 };
    return -squares / (2 * deviation ** 2);
  }

  return {
    name: config.name,
    temperature,
    noiseDeviation: deviation,
    reads: () => ({ top: MOST_SHOWN, meanEmbedding: temperature, logSumExp: [temperature], entropy: [temperature] }),
    act,
    densityReads: () => ({ meanEmbedding: temperature }),
    logDensity,
  };
}

function required(coordinateRms: number | undefined): number {
  if (coordinateRms !== undefined) return coordinateRms;
  throw new UsageError(
    "Cannot scale the noise of soft-tokens-grpo: give the embedding table's coordinateRms, or set noiseDeviation",
  );
}

const NO_IDS = new Int32Array(0);
const NO_VALUES = new Float32Array(0);

/** Entries of a mean that are looked at: as many as can weigh 0.01 each, which is what softness counts. */
const MOST_SHOWN = 1 / COUNTED_WEIGHT;
/** Entries below this weight are kept of no mixture: nobody could see them. */
const SHOWN_WEIGHT = 1e-4;

/** The heaviest entries of what a mean embedding mixes, by rising id. */
interface Heaviest {
  readonly ids: Int32Array;
  readonly weights: Float64Array;
  /** Whether these are all that is mixed. */
  readonly whole: boolean;
}

function heaviest(readings: Readings, temperature: number): Heaviest {
  const { ids, logits } = readings.top!;
  const least = logits[0] + temperature * Math.log(NEGLIGIBLE), most = Math.min(MOST_SHOWN, ids.length);
  let count = 0;
  while (count < most && logits[count] >= least) count++;
  // Ids with their places, so that numbers alone are sorted.
  const places = new Float64Array(count);
  for (let i = 0; i < count; i++) places[i] = ids[i] * MOST_SHOWN + i;
  places.sort();
  const own = new Int32Array(count), weights = new Float64Array(count);
  let mass = 0;
  for (let i = 0; i < count; i++) {
    const place = places[i] % MOST_SHOWN;
    own[i] = ids[place];
    weights[i] = Math.exp((logits[place] - logits[0]) / temperature);
    mass += weights[i];
  }
  const whole = count < MOST_SHOWN;
  if (!whole) mass = massAt(readings, temperature);
  for (let i = 0; i < count; i++) weights[i] /= mass;
  return { ids: own, weights, whole };
}

function shownEntries({ ids, weights }: Heaviest): NonNullable<ThoughtAction["mixture"]> {
  const isShown = (_: number, i: number) => weights[i] >= SHOWN_WEIGHT;
  return { ids: ids.filter(isShown), weights: Float32Array.from(weights.filter(isShown)) };
}

/** Softness of the mean; where more is mixed than was looked at, its entropy is that of the whole softmax. */
function softnessOf({ weights, whole }: Heaviest, entropy: number): ThoughtSoftness {
  if (whole) return mixtureSoftness(weights);
  const topWeight = Math.max(...weights);
  const entries = weights.filter((weight) => weight >= COUNTED_WEIGHT).length;
  return { topWeight, entropy: Math.max(entropy, 0), divergence: divergenceToTop(topWeight), entries };
}
