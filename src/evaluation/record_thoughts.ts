/**
 * Looks at finished completions once more, a position at a time: the model reads each thought again as it was fed, and
 * what it expected there is kept beside what was drawn. No completion depends on it.
 *
 * Letters: `V` vocabulary, `D` width, `K` kept tokens.
 *
 * @module
 */
import type { ThoughtAction } from "../algorithms/algorithm.ts";
import type { ThoughtNoise } from "../algorithms/law.ts";
import type { EvaluatedModel, HostTensor } from "../models/language_model.ts";
import { EMBEDDING_NAME } from "../models/parameters.ts";
import { entropyAt, logProbability, NOTHING, type Readings, type Reads } from "../models/readings.ts";
import type { NoiseStream } from "../random/streams.ts";
import type { Completion } from "../rollout/completion.ts";
import { stackInputs, stepInput } from "../rollout/step_inputs.ts";
import type { RecordedThought, SeenToken } from "./recorded_thought.ts";

/** A finished completion with what it came from. */
export interface WatchedCompletion {
  /** Token ids. */
  readonly prompt: Int32Array;
  readonly completion: Completion;
  /** The noise that it was drawn by. */
  readonly stream: NoiseStream;
}

/** How thoughts are looked at. */
export interface RecordSettings {
  /** Of the softmax that a thought starts from. */
  readonly temperature: number;
  /** What its law draws by. */
  readonly noise?: ThoughtNoise;
  /** The text of single tokens. */
  readonly decodeTokens: (tokens: Int32Array) => string;
  /** Stops it soon after it is aborted. */
  readonly abort?: AbortSignal | undefined;
}

/** Positions of one thought; those after them are not looked at. */
export const MOST_POSITIONS = 160;
/** The most probable tokens that are kept of a position, fed or not, and the nearest ones of a noisy embedding. */
const MOST_PROBABLE = 5, NEAREST = 3;
/** Weights below this are not kept. */
const LEAST_WEIGHT = 0.005;
const DECIMALS = 4;
/** Products of two numbers that looking for nearest tokens may take: about a second. Where it would take more, it is left out. */
const MOST_PRODUCTS = 1e9;

/** The thoughts of some completions, in their order. */
export async function recordThoughts(
  model: EvaluatedModel,
  watched: readonly WatchedCompletion[],
  settings: RecordSettings,
): Promise<RecordedThought[][]> {
  const lengths = watched.map(({ completion: { steps } }) =>
    Math.min(MOST_POSITIONS, steps.findLastIndex(({ kind }) => kind === "thought") + 1)
  );
  const recorded = watched.map((): RecordedThought[] => []);
  const longest = Math.max(...lengths);
  if (longest === 0) return recorded;
  const { vocabularySize, hiddenSize } = model.config;
  const positions = lengths.reduce((sum, length) => sum + length, 0);
  const looksForNearest = watched.some(({ completion: { steps } }) =>
    steps.some((step) => step.kind === "thought" && step.action.embedding !== undefined)
  );
  const table = looksForNearest && positions * vocabularySize * hiddenSize <= MOST_PRODUCTS
    ? (await model.weights()).get(EMBEDDING_NAME)
    : undefined;
  const stepAt = (sequence: number, position: number) => watched[sequence].completion.steps[position];
  const reads = (sequence: number, position: number) => {
    const step = stepAt(sequence, position);
    return step?.kind === "thought" && position < lengths[sequence] ? thoughtReads(step.action, settings) : NOTHING;
  };
  const decoder = await model.decode(
    watched.map(({ prompt }) => prompt),
    watched.map(() => 1),
    longest,
    { abort: settings.abort },
  );
  try {
    let active = Int32Array.from(watched.keys());
    let readings = await decoder.readPrompts(Array.from(active, (sequence) => reads(sequence, 0)));
    for (let position = 0; position < longest; position++) {
      active.forEach((sequence, row) => {
        const step = stepAt(sequence, position);
        if (step.kind !== "thought" || position >= lengths[sequence]) return;
        const noise = watched[sequence].stream.at(position);
        recorded[sequence].push(recordThought(readings[row], step.action, noise, table, settings));
      });
      active = active.filter((sequence) => position + 1 < lengths[sequence]);
      if (active.length === 0) break;
      const inputs = Array.from(active, (sequence) => stepInput(stepAt(sequence, position)));
      const next = Array.from(active, (sequence) => reads(sequence, position + 1));
      readings = await decoder.step(active, stackInputs(inputs, hiddenSize), next);
    }
  } finally {
    decoder.dispose();
  }
  return recorded;
}

/** What a thought is looked at by: its own tokens and the most probable ones. */
function thoughtReads(action: ThoughtAction, { temperature }: RecordSettings): Reads {
  const at = Int32Array.from(shownTokens(action));
  return { at, top: MOST_PROBABLE, logSumExp: [temperature], entropy: [temperature] };
}

/** Weights of the tokens that a thought fed. */
function fedWeights({ mixture, input }: ThoughtAction): Map<number, number> {
  const { ids, weights } = mixture ?? input;
  return new Map(Array.from(ids, (id, i) => [id, weights[i]] as const));
}

/** Those that are shown whatever the model expects there. */
function shownTokens(action: ThoughtAction): number[] {
  return [...fedWeights(action)].filter(([, weight]) => weight >= LEAST_WEIGHT).map(([id]) => id);
}

function recordThought(
  readings: Readings,
  action: ThoughtAction,
  noise: ReturnType<NoiseStream["at"]>,
  table: HostTensor | undefined,
  settings: RecordSettings,
): RecordedThought {
  const { temperature, decodeTokens } = settings;
  const text = (id: number) => decodeTokens(Int32Array.of(id));
  const fed = fedWeights(action);
  const { at, top } = readings;
  const logits = new Map(shownTokens(action).map((id, i) => [id, at![i]]));
  top!.ids.forEach((id, i) => logits.set(id, top!.logits[i]));
  const seen = [...logits]
    .sort(([a, logit], [b, other]) => (fed.get(b) ?? 0) - (fed.get(a) ?? 0) || other - logit)
    .map(([id, logit]): SeenToken => [
      text(id),
      rounded(Math.exp(logProbability(readings, logit, temperature))),
      rounded(fed.get(id) ?? 0),
      settings.noise === "gumbel" ? rounded(noise.gumbel(id)) : null,
    ]);
  return {
    token: text(action.token),
    entropy: rounded(entropyAt(readings, temperature)),
    seen,
    ...(action.embedding !== undefined && table !== undefined && {
      nearest: nearestTokens(action.embedding, table).map(({ id, cosine }) => [text(id), rounded(cosine)] as const),
    }),
    ...(action.noiseShare !== undefined && { noiseShare: rounded(action.noiseShare) }),
  };
}

/** Ids of the largest values, falling; the lower id of equal ones first. */
function largest(values: ArrayLike<number>, count: number): number[] {
  const found: number[] = [];
  for (let id = 0; id < values.length; id++) {
    let place = found.length;
    while (place > 0 && values[found[place - 1]] < values[id]) place--;
    if (place < count) found.splice(place, 0, id);
    found.length = Math.min(found.length, count);
  }
  return found;
}

/**
 * The tokens whose embeddings point most nearly where another does.
 *
 * @param embedding (D)
 * @param table (V, D)
 * @returns the nearest first; rows of zeros have no direction, and are no token's
 */
export function nearestTokens(
  embedding: Float32Array,
  { shape: [rows, width], data }: HostTensor,
): { id: number; cosine: number }[] {
  const length = Math.hypot(...embedding);
  const cosines = Array.from({ length: rows }, (_, id) => {
    let [product, squares] = [0, 0];
    for (let j = 0; j < width; j++) {
      const value = data[id * width + j];
      product += value * embedding[j];
      squares += value * value;
    }
    return squares > 0 && length > 0 ? product / (Math.sqrt(squares) * length) : -Infinity;
  });
  return largest(cosines, NEAREST).map((id) => ({ id, cosine: cosines[id] })).filter(({ cosine }) =>
    cosine > -Infinity
  );
}

function rounded(value: number): number {
  return Number(value.toFixed(DECIMALS));
}
