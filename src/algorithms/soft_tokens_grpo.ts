/**
 * Soft GRPO: Butt, Kwiatkowski, Labiad, Kempe, Ollivier, "Soft Tokens, Hard Truths", arXiv:2509.19170v2. A thought step
 * feeds the mean embedding under the softmax, plus Gaussian noise; its density is that Gaussian (Eqs. 5, 6, 10).
 *
 * | item                | paper                                     | released code | ours                                | why |
 * | ------------------- | ----------------------------------------- | ------------- | ----------------------------------- | --- |
 * | scale of the noise  | 0.33 × "root-mean-square norm" of the embeddings | none   | RMS of one coordinate               | per row the noise would be √d times the embedding; the paper calls it somewhat smaller |
 * | rows of that RMS    | not stated                                | none          | all but `neverFed`, initial table, then fixed | tied rows that are never an input grow large and would inflate it |
 * | temperature         | soft 0.5, fuzzy 0.0001 (section 4)        | none          | the same                            |     |
 * | support             | whole vocabulary (Eq. 5)                  | none          | whole, less entries that cannot be seen in 32 bits (`NEGLIGIBLE`) | a tenth of a model step at most |
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
import { argmax } from "./candidates.ts";
import { BenchError } from "../errors.ts";
import { check } from "../files/check.ts";
import { mixtureSoftness } from "./softness.ts";
import type { StepNoise } from "../random/noise.ts";
import type { EmbeddingTable } from "../models/embedding_table.ts";

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
 * Entries whose weight relative to the heaviest is below this are left out of the mixture: 2^17 of them together stay
 * below the rounding of the 32-bit embedding that is fed.
 */
const NEGLIGIBLE = 1e-13;

/**
 * Root mean square of one coordinate of the embedding rows.
 *
 * @param neverFed ids whose rows are left out, because they never occur as an input
 */
export function coordinateRms(embedding: EmbeddingTable, neverFed: readonly number[] = []): number {
  const { rows, width, values } = embedding;
  const skipped = new Set(neverFed);
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    if (skipped.has(row)) continue;
    for (let i = row * width; i < (row + 1) * width; i++) sum += values[i] ** 2;
  }
  return Math.sqrt(sum / ((rows - skipped.size) * width));
}

/**
 * Butt et al.'s thought step.
 *
 * @param initial the untrained model's embedding table, which sets σ
 * @param neverFed ids that never occur as an input
 * @throws {UsageError} If a setting is out of range
 */
export function softTokensGrpo(
  config: SoftTokensGrpoConfig,
  initial: EmbeddingTable,
  neverFed: readonly number[] = [],
): ThoughtAlgorithm & { readonly noiseDeviation: number } {
  const { temperature, noiseScale, noiseDeviation } = check(softTokensGrpoSchema, config, { root: "algorithm" });
  const deviation = noiseDeviation ?? noiseScale * coordinateRms(initial, neverFed);
  if (!Number.isFinite(deviation)) {
    throw new BenchError(`Cannot use noise of deviation ${deviation}: expected an embedding table of finite numbers`);
  }

  function act(
    { logits, noise, embedding }: { logits: Float32Array; noise: StepNoise; embedding: EmbeddingTable },
  ): ThoughtAction {
    const mixture = meanEmbedding(logits, temperature, embedding);
    const noisy = new Float32Array(embedding.width);
    let squares = 0;
    let meanSquares = 0;
    for (let j = 0; j < noisy.length; j++) {
      const drawn = deviation === 0 ? 0 : noise.gaussian(j);
      squares += drawn * drawn;
      meanSquares += mixture.mean[j] ** 2;
      noisy[j] = mixture.mean[j] + deviation * drawn;
    }
    return {
      token: mixture.top,
      input: { ids: NO_IDS, weights: NO_VALUES, offset: noisy },
      ids: NO_IDS,
      scores: NO_VALUES,
      count: 0,
      embedding: noisy,
      drawnLogDensity: -0.5 * squares,
      mixture: shownEntries(mixture),
      softness: mixtureSoftness(mixture.probabilities),
      ...(meanSquares > 0 && { noiseShare: deviation * Math.sqrt(squares / meanSquares) }),
    };
  }

  /** `-‖h̃ - h‖² / 2σ²`; by logit i, `p_i (e_i - h)·(h̃ - h) / τσ²`. */
  function logDensity({ logits, action, embedding }: Replay, gradient?: Float32Array, scale = 1): number {
    if (deviation === 0) throw new BenchError(`Cannot score soft thoughts: ${WITHOUT_NOISE}`);
    if (action.embedding === undefined) throw new Error("Cannot score a thought that kept no embedding");
    const { ids, probabilities, mean } = meanEmbedding(logits, temperature, embedding);
    const { width, values } = embedding;
    const distance = new Float64Array(width);
    let squares = 0;
    let along = 0;
    for (let j = 0; j < width; j++) {
      distance[j] = action.embedding[j] - mean[j];
      squares += distance[j] ** 2;
      along += distance[j] * mean[j];
    }
    if (gradient !== undefined) {
      const perLogit = scale / (temperature * deviation ** 2);
      for (let i = 0; i < ids.length; i++) {
        const row = ids[i] * width;
        let projection = -along;
        for (let j = 0; j < width; j++) projection += distance[j] * values[row + j];
        gradient[ids[i]] += perLogit * probabilities[i] * projection;
      }
    }
    return -squares / (2 * deviation ** 2);
  }

  return { name: config.name, temperature, noiseDeviation: deviation, act, logDensity };
}

const NO_IDS = new Int32Array(0);
const NO_VALUES = new Float32Array(0);

/** What is mixed at a step. */
interface Mixture {
  /** The heaviest id. */
  readonly top: number;
  /** (K), the softmax's visible entries. */
  readonly ids: Int32Array;
  /** (K). */
  readonly probabilities: Float64Array;
  /** (D), the mean embedding `h = pE` under them. */
  readonly mean: Float64Array;
}

/** Entries below this weight are kept of no mixture: nobody could see them. */
const SHOWN_WEIGHT = 1e-4;

function shownEntries({ ids, probabilities }: Mixture): NonNullable<ThoughtAction["mixture"]> {
  const shown = [...ids.keys()].filter((i) => probabilities[i] >= SHOWN_WEIGHT);
  return { ids: Int32Array.from(shown, (i) => ids[i]), weights: Float32Array.from(shown, (i) => probabilities[i]) };
}

function meanEmbedding(logits: Float32Array, temperature: number, embedding: EmbeddingTable): Mixture {
  const { width, values } = embedding;
  const top = argmax(logits);
  const least = logits[top] + temperature * Math.log(NEGLIGIBLE);
  let visible = 0;
  for (let i = 0; i < logits.length; i++) if (logits[i] >= least) visible++;
  const ids = new Int32Array(visible);
  const probabilities = new Float64Array(visible);
  for (let i = 0, next = 0; next < visible; i++) if (logits[i] >= least) ids[next++] = i;
  let mass = 0;
  for (let i = 0; i < ids.length; i++) {
    mass += probabilities[i] = Math.exp((logits[ids[i]] - logits[top]) / temperature);
  }
  const mean = new Float64Array(width);
  for (let i = 0; i < ids.length; i++) {
    const probability = probabilities[i] /= mass;
    const row = ids[i] * width;
    for (let j = 0; j < width; j++) mean[j] += probability * values[row + j];
  }
  return { top, ids, probabilities, mean };
}
