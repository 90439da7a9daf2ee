/**
 * `config.json` of a Hugging Face checkpoint <-> {@link ModelConfig}. What the decoder block cannot express is an error
 * here, never a silently different model.
 *
 * @module
 */
import type { JsonRecord } from "../files/read.ts";
import { type Activation, isRotated, type ModelConfig } from "../models/model_config.ts";
import { ConfigFields } from "./config_fields.ts";
import { FAMILIES, type Family } from "./families.ts";
import { formatRope, readRope } from "./rope_config.ts";

/** Activations by transformers' names (activations.py). */
const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  silu: "silu",
  swish: "silu",
  gelu: "gelu",
  gelu_python: "gelu",
  gelu_pytorch_tanh: "gelu-tanh",
  gelu_new: "gelu-tanh",
  gelu_fast: "gelu-tanh",
};
/** What transformers takes where `config.json` is silent; of a foreign architecture nobody reads it. */
const DEFAULT_ROPE_THETA = 10_000;
const DEFAULT_RMS_NORM_EPSILON = 1e-6;
/** Most layers; models of a trillion parameters have about a hundred. */
const MOST_LAYERS = 1000;
/** Qwen's, of the first block with a window. */
const DEFAULT_MAX_WINDOW_LAYERS = 28;
/** Every which block of SmolLM 3 has no RoPE. */
const DEFAULT_NO_ROPE_INTERVAL = 4;

/**
 * Reads a `config.json`.
 *
 * @param source names the file in errors
 * @throws {BenchError} If the architecture is unknown, a size is missing or impossible, or an option is unsupported
 */
export function parseCheckpointConfig(json: JsonRecord, source: string): ModelConfig {
  const fields = new ConfigFields(json, source);
  const name = readFamily(fields);
  const family = FAMILIES[name];
  rejectUnsupported(fields, family);

  const hiddenSize = fields.size("hidden_size");
  const heads = fields.size("num_attention_heads");
  const keyValueHeads = fields.size("num_key_value_heads", heads);
  const headSize = fields.size("head_dim", family.headSize ?? hiddenSize / heads);
  const layers = fields.size("num_hidden_layers", undefined, MOST_LAYERS);
  if (heads % keyValueHeads !== 0) {
    fields.fail(`num_attention_heads ${heads} is not a multiple of num_key_value_heads ${keyValueHeads}`);
  }
  if (headSize % 2 !== 0) fields.fail(`head_dim ${headSize} is not an even integer, which RoPE needs`);
  const activation = readActivation(fields, family);
  const attentionBias = family.biases === "attention_bias" && fields.flag("attention_bias");
  const unrotatedLayers = name === "smollm3" ? readUnrotatedLayers(fields, layers) : [];
  const slidingWindow = readWindow(fields, family, layers, unrotatedLayers);
  return {
    family: name,
    vocabularySize: fields.size("vocab_size"),
    hiddenSize,
    layers,
    heads,
    keyValueHeads,
    headSize,
    intermediateSize: fields.size("intermediate_size"),
    ...(activation !== "silu" && { activation }),
    ...readRope(fields, family, headSize),
    ...(unrotatedLayers.length > 0 && { unrotatedLayers }),
    ...(slidingWindow !== undefined && { slidingWindow }),
    rmsNormEpsilon: fields.positive("rms_norm_eps", family.rmsNormEpsilon),
    ...(family.isGemma && { normOffset: 1, embeddingScale: Math.sqrt(hiddenSize) }),
    tiedEmbeddings: fields.flag("tie_word_embeddings", family.tiedEmbeddings),
    qkvBias: family.biases === "always" || attentionBias,
    ...(attentionBias && { outputBias: true }),
    ...(family.mlpBias && fields.flag("mlp_bias") && { mlpBias: true }),
    qkNorm: family.qkNorm,
    ...(family.fusedProjections && { fusedProjections: true }),
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
export function formatCheckpointConfig(config: ModelConfig, dtype: "float32" | "bfloat16"): JsonRecord {
  const family = FAMILIES[config.family];
  const { slidingWindow, activation = "silu" } = config;
  const layers = [...Array(config.layers).keys()];
  return {
    architectures: [`${family.name}ForCausalLM`],
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
    hidden_act: activation === "gelu-tanh" ? "gelu_pytorch_tanh" : activation,
    max_position_embeddings: config.maxPositions,
    rms_norm_eps: config.rmsNormEpsilon,
    ...formatRope(config),
    tie_word_embeddings: config.tiedEmbeddings,
    ...(family.biases === "attention_bias" && { attention_bias: config.qkvBias }),
    ...(family.mlpBias && { mlp_bias: config.mlpBias === true }),
    ...(family.window === "every-block" && { sliding_window: slidingWindow?.positions ?? null }),
    ...(family.window === "layer-types" && {
      use_sliding_window: slidingWindow !== undefined,
      ...(slidingWindow !== undefined && {
        sliding_window: slidingWindow.positions,
        layer_types: layers.map((i) => slidingWindow.layers.includes(i) ? "sliding_attention" : "full_attention"),
      }),
    }),
    ...(config.family === "smollm3" && { no_rope_layers: layers.map((i) => isRotated(config, i) ? 1 : 0) }),
    attention_dropout: 0,
    initializer_range: 0.02,
    use_cache: true,
  };
}

/** The class that a checkpoint with a head has in transformers. */
export function causalArchitecture(family: string): string {
  return `${FAMILIES[family].name}ForCausalLM`;
}

function readFamily(fields: ConfigFields): string {
  const { model_type: type, architectures } = fields.json;
  if (typeof type === "string" && Object.hasOwn(FAMILIES, type)) return type;
  const [architecture] = Array.isArray(architectures) ? architectures : [];
  return fields.fail(
    `its architecture is ${JSON.stringify(type ?? architecture ?? null)}, supported are ${
      Object.keys(FAMILIES).join(", ")
    }`,
  );
}

/** What changes the computation and the decoder block does not have. */
function rejectUnsupported(fields: ConfigFields, { name }: Family): void {
  const { architectures, quantization_config: quantization } = fields.json;
  const supported = [`${name}ForCausalLM`, `${name}Model`];
  if (Array.isArray(architectures) && !supported.some((one) => architectures.includes(one))) {
    fields.fail(`architectures is ${JSON.stringify(architectures)}, supported is ${supported[0]}`);
  }
  if (quantization) {
    const { quant_method: method } = quantization as JsonRecord;
    fields.fail(
      `its weights are quantized${
        typeof method === "string" ? ` (${method})` : ""
      }, supported are F32, F16 and BF16; ` +
        `take the checkpoint that it was made from, or one in GGUF`,
    );
  }
  if (fields.json.is_causal === false || fields.json.use_bidirectional_attention === true) {
    fields.fail("its attention looks ahead, supported is causal attention; it is no model that writes text");
  }
}

function readActivation(fields: ConfigFields, family: Family): Activation {
  const name = fields.json.hidden_act;
  if (name === undefined || name === null) return family.activation;
  if (family.isGemma && name === "gelu") return "gelu-tanh";
  if (typeof name === "string" && Object.hasOwn(ACTIVATIONS, name)) return ACTIVATIONS[name];
  return fields.fail(`hidden_act is ${JSON.stringify(name)}, supported are ${Object.keys(ACTIVATIONS).join(", ")}`);
}

const isRopeFlag = (value: unknown): value is number | boolean => [0, 1, true, false].includes(value as number);

/** Blocks without RoPE: those that `no_rope_layers` marks with 0, otherwise the last of each few. */
function readUnrotatedLayers(fields: ConfigFields, layers: number): number[] {
  const interval = fields.size("no_rope_layer_interval", DEFAULT_NO_ROPE_INTERVAL);
  const marks = fields.list(
    "no_rope_layers",
    layers,
    isRopeFlag,
    "marks, 1 for a block with RoPE and 0 for one without",
  );
  return [...Array(layers).keys()].filter((i) => marks === undefined ? (i + 1) % interval === 0 : !marks[i]);
}

const isLayerType = (value: unknown): value is string => value === "full_attention" || value === "sliding_attention";

function readWindow(
  fields: ConfigFields,
  family: Family,
  layers: number,
  unrotated: readonly number[],
): ModelConfig["slidingWindow"] {
  const { json } = fields;
  const all = [...Array(layers).keys()];
  const types = fields.list("layer_types", layers, isLayerType, '"full_attention" or "sliding_attention"');
  const sliding = types && all.filter((i) => types[i] === "sliding_attention");
  const used = family.window === "every-block" ||
    (family.window === "layer-types" && fields.flag("use_sliding_window"));
  const has = json.sliding_window !== null && (json.sliding_window ?? family.windowSize) !== undefined;
  const positions = used && has ? fields.size("sliding_window", family.windowSize) : undefined;
  if (positions === undefined) {
    if (sliding !== undefined && sliding.length > 0) {
      fields.fail(
        `layer_types names sliding_attention, but the model uses no sliding_window; set the one or the other`,
      );
    }
    return undefined;
  }
  if (family.window === "every-block") {
    if (sliding !== undefined && sliding.length < layers) {
      fields.fail(
        `layer_types names blocks without a window, which transformers' ${family.name} ignores; leave it out`,
      );
    }
    return { positions, layers: all };
  }
  const first = json.max_window_layers === 0 ? 0 : fields.size("max_window_layers", DEFAULT_MAX_WINDOW_LAYERS);
  const own = sliding ?? (family.name === "SmolLM3" ? unrotated : all.filter((i) => i >= first));
  return own.length === 0 ? undefined : { positions, layers: own };
}
