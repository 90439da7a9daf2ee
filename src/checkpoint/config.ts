/**
 * `config.json` of a Hugging Face checkpoint <-> {@link ModelConfig}.
 *
 * RoPE comes in two forms: `rope_theta` beside `rope_scaling`, and since transformers 5 one `rope_parameters` that holds
 * both. What the decoder block cannot express is an error here, never a silently different model.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import type { JsonRecord } from "../files/read.ts";
import type { ModelConfig, RopeScaling } from "../models/model_config.ts";

const FAMILIES: Readonly<Record<string, string>> = {
  qwen2: "Qwen2ForCausalLM",
  qwen3: "Qwen3ForCausalLM",
  llama: "LlamaForCausalLM",
};
/** What transformers takes where `config.json` is silent (modeling_rope_utils.py, configuration_*.py of 5.23). */
const DEFAULT_ROPE_THETA = 10_000;
const DEFAULT_RMS_NORM_EPSILON = 1e-6;
const DEFAULT_QWEN3_HEAD_SIZE = 128;

/**
 * Reads a `config.json`.
 *
 * @param source names the file in errors
 * @throws {BenchError} If the architecture is unknown, a size is missing or impossible, or an option is unsupported
 */
export function parseCheckpointConfig(json: JsonRecord, source: string): ModelConfig {
  const fields = new ConfigFields(json, source);
  const family = readFamily(json, fields);
  rejectUnsupported(json, family, fields);

  const hiddenSize = fields.size("hidden_size");
  const heads = fields.size("num_attention_heads");
  const keyValueHeads = fields.size("num_key_value_heads", heads);
  const headSize = fields.size("head_dim", family === "qwen3" ? DEFAULT_QWEN3_HEAD_SIZE : hiddenSize / heads);
  if (heads % keyValueHeads !== 0) {
    fields.fail(`num_attention_heads ${heads} is not a multiple of num_key_value_heads ${keyValueHeads}`);
  }
  if (headSize % 2 !== 0) fields.fail(`head_dim ${headSize} is not an even integer, which RoPE needs`);
  return {
    family,
    vocabularySize: fields.size("vocab_size"),
    hiddenSize,
    layers: fields.size("num_hidden_layers", undefined, MOST_LAYERS),
    heads,
    keyValueHeads,
    headSize,
    intermediateSize: fields.size("intermediate_size"),
    ...readRope(json, fields),
    rmsNormEpsilon: fields.positive("rms_norm_eps", DEFAULT_RMS_NORM_EPSILON),
    tiedEmbeddings: json.tie_word_embeddings === true,
    qkvBias: family === "qwen2",
    qkNorm: family === "qwen3",
    maxPositions: fields.size("max_position_embeddings"),
  };
}

/**
 * The sizes that a `config.json` of any decoder states, for backends that leave the architecture to transformers. What
 * the sizes do not say, such as how positions turn, is not in it.
 *
 * @param source names the file in errors
 * @throws {BenchError} If a size is missing or impossible
 */
export function parseForeignConfig(json: JsonRecord, source: string): ModelConfig {
  const fields = new ConfigFields(json, source);
  const heads = fields.size("num_attention_heads");
  const hiddenSize = fields.size("hidden_size");
  return {
    family: typeof json.model_type === "string" ? json.model_type : fields.fail("model_type is missing"),
    vocabularySize: fields.size("vocab_size"),
    hiddenSize,
    layers: fields.size("num_hidden_layers", undefined, MOST_LAYERS),
    heads,
    keyValueHeads: fields.size("num_key_value_heads", heads),
    headSize: fields.size("head_dim", Math.floor(hiddenSize / heads)),
    intermediateSize: fields.size("intermediate_size"),
    ropeTheta: DEFAULT_ROPE_THETA,
    rmsNormEpsilon: DEFAULT_RMS_NORM_EPSILON,
    tiedEmbeddings: json.tie_word_embeddings === true,
    qkvBias: false,
    qkNorm: false,
    maxPositions: fields.size("max_position_embeddings"),
  };
}

/**
 * A `config.json` that transformers 4 and 5, vLLM and SGLang read: RoPE is written in both forms.
 *
 * @param dtype storage type of the weights beside it
 */
export function formatCheckpointConfig(config: ModelConfig, dtype: "float32" | "bfloat16"): Record<string, unknown> {
  const scaling = config.ropeScaling && formatRopeScaling(config.ropeScaling);
  return {
    architectures: [FAMILIES[config.family]],
    model_type: config.family,
    dtype,
    torch_dtype: dtype,
    vocab_size: config.vocabularySize,
    hidden_size: config.hiddenSize,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.keyValueHeads,
    head_dim: config.headSize,
    intermediate_size: config.intermediateSize,
    hidden_act: "silu",
    max_position_embeddings: config.maxPositions,
    rms_norm_eps: config.rmsNormEpsilon,
    rope_theta: config.ropeTheta,
    rope_scaling: scaling ?? null,
    rope_parameters: { rope_theta: config.ropeTheta, rope_type: "default", ...scaling },
    tie_word_embeddings: config.tiedEmbeddings,
    ...(config.family === "qwen2" ? {} : { attention_bias: false }),
    ...(config.family === "llama" ? { mlp_bias: false } : { use_sliding_window: false }),
    attention_dropout: 0,
    initializer_range: 0.02,
    use_cache: true,
  };
}

/** No number of a configuration is larger: what follows from them, such as names of tensors, stays small work. */
const LARGEST_SIZE = 2 ** 24;
/** Most layers; models of a trillion parameters have about a hundred. */
const MOST_LAYERS = 1000;

function readFamily(json: JsonRecord, fields: ConfigFields): string {
  const type = json.model_type;
  if (typeof type === "string" && Object.hasOwn(FAMILIES, type)) return type;
  const [architecture] = Array.isArray(json.architectures) ? json.architectures : [];
  return fields.fail(
    `its architecture is ${JSON.stringify(type ?? architecture ?? null)}, supported are ${
      Object.keys(FAMILIES).join(", ")
    }`,
  );
}

/** Options of these families that change the computation and that the decoder block does not have. */
function rejectUnsupported(json: JsonRecord, family: string, fields: ConfigFields): void {
  const architectures = json.architectures;
  if (Array.isArray(architectures) && !architectures.includes(FAMILIES[family])) {
    fields.fail(`architectures is ${JSON.stringify(architectures)}, supported is ${FAMILIES[family]}`);
  }
  const activation = json.hidden_act ?? "silu";
  if (activation !== "silu") fields.fail(`hidden_act is ${JSON.stringify(activation)}, supported is "silu"`);
  if (json.quantization_config) fields.fail(`the weights are quantized, supported are F32, F16 and BF16`);
  for (const option of ["attention_bias", "mlp_bias", "use_sliding_window"]) {
    if (json[option] === true) fields.fail(`${option} is true, which is not supported`);
  }
  const partial = json.partial_rotary_factor ?? 1;
  if (partial !== 1) fields.fail(`partial_rotary_factor is ${partial}, supported is 1`);
}

/** Values in `rope_parameters` come first, as in transformers 5. */
function readRope(json: JsonRecord, fields: ConfigFields): Pick<ModelConfig, "ropeTheta" | "ropeScaling"> {
  const parameters = fields.record("rope_parameters") ?? fields.record("rope_scaling") ?? {};
  const rope = new ConfigFields({ rope_theta: json.rope_theta, ...parameters }, fields.source);
  const ropeTheta = rope.positive("rope_theta", DEFAULT_ROPE_THETA);
  const kind = parameters.rope_type ?? parameters.type ?? "default";
  const partial = parameters.partial_rotary_factor ?? 1;
  if (partial !== 1) fields.fail(`partial_rotary_factor is ${partial}, supported is 1`);
  switch (kind) {
    case "default":
      return { ropeTheta };
    case "linear":
      return { ropeTheta, ropeScaling: { kind: "linear", factor: rope.positive("factor") } };
    case "llama3":
      return {
        ropeTheta,
        ropeScaling: {
          kind: "llama3",
          factor: rope.positive("factor"),
          lowFrequencyFactor: rope.positive("low_freq_factor"),
          highFrequencyFactor: rope.positive("high_freq_factor"),
          originalMaxPositions: rope.positive(
            "original_max_position_embeddings",
            fields.size("max_position_embeddings"),
          ),
        },
      };
    default:
      return fields.fail(`its RoPE scaling is ${JSON.stringify(kind)}, supported are "default", "linear", "llama3"`);
  }
}

function formatRopeScaling(scaling: RopeScaling): Record<string, unknown> {
  if (scaling.kind === "linear") return { rope_type: "linear", factor: scaling.factor };
  return {
    rope_type: "llama3",
    factor: scaling.factor,
    low_freq_factor: scaling.lowFrequencyFactor,
    high_freq_factor: scaling.highFrequencyFactor,
    original_max_position_embeddings: scaling.originalMaxPositions,
  };
}

/** Typed access to the fields of one JSON object, with errors that name the file. */
class ConfigFields {
  constructor(readonly json: JsonRecord, readonly source: string) {}

  fail(found: string): never {
    throw new BenchError(`Cannot load the model of ${this.source}: ${found}`);
  }

  size(name: string, fallback?: number, most = LARGEST_SIZE): number {
    const value = this.json[name] ?? fallback;
    if (!Number.isSafeInteger(value) || (value as number) < 1) {
      this.fail(`${name} is ${JSON.stringify(value ?? null)}, expected a positive integer`);
    }
    if ((value as number) > most) {
      this.fail(`${name} is ${value}, expected at most ${most}: no model is of such a size`);
    }
    return value as number;
  }

  positive(name: string, fallback?: number): number {
    const value = this.json[name] ?? fallback;
    if (typeof value !== "number" || !(value > 0)) {
      this.fail(`${name} is ${JSON.stringify(value ?? null)}, expected a positive number`);
    }
    return value as number;
  }

  record(name: string): JsonRecord | undefined {
    const value = this.json[name] ?? undefined;
    if (value !== undefined && (typeof value !== "object" || Array.isArray(value))) {
      this.fail(`${name} is ${JSON.stringify(value)}, expected an object`);
    }
    return value as JsonRecord | undefined;
  }
}
