/**
 * The cases of tests/golden/engine.json: weights, groups and losses from the generator of engine.py, and the results of
 * Hugging Face transformers in float64.
 */
import { onWholeRows, type WholeRow } from "../fixtures/logit_rows.ts";
import type { RowLoss } from "../../src/models/readings.ts";
import type { HostTensor, InputRows, NamedTensors, TrainingGroup } from "../../src/models/language_model.ts";
import type { ModelConfig, RopeScaling } from "../../src/models/model_config.ts";
import { layoutParameters } from "../../src/engine/parameters.ts";
import golden from "../golden/engine.json" with { type: "json" };

type RawCase = (typeof golden.cases)[number];

/** One case, ready to run. */
export interface GoldenCase {
  readonly name: string;
  readonly config: ModelConfig;
  readonly weights: NamedTensors;
  readonly groups: readonly TrainingGroup[];
  /** Writes a·softmax(z) + c, the gradient of the case's loss. */
  readonly writeGradient: (row: WholeRow) => void;
  /** The loss that does so. */
  readonly loss: RowLoss;
  /** Logits of every completion, (T, V) each. */
  readonly logits: readonly (readonly Float32Array[])[];
  readonly gradients: ReadonlyMap<string, Float32Array>;
  readonly trainedInputs: Float32Array;
}

/** The generator of engine.py. */
export class Numbers {
  #x: number;

  constructor(seed: number) {
    this.#x = seed;
  }

  next(): number {
    this.#x = (Math.imul(1664525, this.#x) + 1013904223) >>> 0;
    return Math.fround(this.#x / 2 ** 31 - 1);
  }

  take(count: number): Float32Array {
    return Float32Array.from({ length: count }, () => this.next());
  }

  below(n: number): number {
    return Math.trunc((this.next() + 1) / 2 * n) % n;
  }
}

/** Random weights of a model, norms around 1. */
export function randomWeights(config: ModelConfig, numbers: Numbers, scale = 0.5): NamedTensors {
  const places = layoutParameters(config).tensors;
  const tensors = new Map<string, HostTensor>();
  for (const { name, shape } of [...places].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const data = numbers.take(shape.reduce((product, size) => product * size, 1));
    for (let i = 0; i < data.length; i++) {
      data[i] = name.includes("norm") ? 1 + Math.fround(data[i] * 0.25) : data[i] * scale;
    }
    tensors.set(name, { shape, data });
  }
  return tensors;
}

/** All cases. */
export const GOLDEN_CASES: readonly GoldenCase[] = golden.cases.map(prepare);

function prepare(raw: RawCase): GoldenCase {
  const config = configOf(raw);
  const numbers = new Numbers(20261);
  const weights = randomWeights(config, numbers);
  const V = raw.V, D = raw.D, K = raw.K;
  const coefficients: { a: Float32Array; c: Float32Array }[][] = [];
  const groups = raw.P.map((length, group): TrainingGroup => {
    const prompt = Int32Array.from({ length }, () => numbers.below(V));
    coefficients.push([]);
    const completions = raw.T[group].map((actions): InputRows => {
      const count = actions - 1;
      const ids = Int32Array.from({ length: count * K }, () => numbers.below(V));
      const rowWeights = numbers.take(count * K);
      const offset = numbers.take(count * D).map((x) => x * Math.fround(0.1));
      coefficients[group].push({ a: numbers.take(actions), c: numbers.take(actions * V) });
      return { count, width: K, ids, weights: rowWeights, offset };
    });
    return { prompt, completions };
  });
  const all = decode(raw.logits);
  let at = 0;
  const logits = raw.T.map((lengths) => lengths.map((actions) => all.slice(at, at += actions * V)));
  const writeGradient = ({ group, completion, action, logits, gradient }: WholeRow) => {
    const { a, c } = coefficients[group][completion];
    const highest = Math.max(...logits);
    const sum = logits.reduce((total, x) => total + Math.exp(x - highest), 0);
    logits.forEach((z, v) => gradient[v] = a[action] * Math.exp(z - highest) / sum + c[action * V + v]);
  };
  return {
    name: raw.name,
    config,
    weights,
    groups,
    logits,
    gradients: new Map(Object.entries(raw.gradients).map(([name, text]) => [name, decode(text)])),
    trainedInputs: decode(raw.trainedInputs),
    writeGradient,
    loss: onWholeRows(V, writeGradient),
  };
}

function configOf(raw: RawCase): ModelConfig {
  const ropeScaling = scalingOf(raw);
  return {
    family: raw.family,
    vocabularySize: raw.V,
    hiddenSize: raw.D,
    layers: raw.L,
    heads: raw.H,
    keyValueHeads: raw.KV,
    headSize: raw.d,
    intermediateSize: raw.F,
    ropeTheta: raw.theta,
    ...(ropeScaling !== undefined && { ropeScaling }),
    rmsNormEpsilon: raw.epsilon,
    tiedEmbeddings: raw.tied,
    qkvBias: raw.family === "qwen2",
    qkNorm: raw.family === "qwen3",
    maxPositions: raw.maxPositions,
  };
}

function scalingOf({ rope }: RawCase): RopeScaling | undefined {
  if (rope === undefined) return undefined;
  if (rope.rope_type === "linear") return { kind: "linear", factor: rope.factor };
  return {
    kind: "llama3",
    factor: rope.factor,
    lowFrequencyFactor: rope.low_freq_factor ?? NaN,
    highFrequencyFactor: rope.high_freq_factor ?? NaN,
    originalMaxPositions: rope.original_max_position_embeddings ?? NaN,
  };
}

function decode(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)).buffer);
}
