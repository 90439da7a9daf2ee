/**
 * RoPE of a `config.json` <-> {@link ModelConfig}.
 *
 * It comes in two forms: `rope_theta` beside `rope_scaling`, and since transformers 5 one `rope_parameters` that holds
 * both. What follows from them is as in modeling_rope_utils.py of transformers 5.23.
 *
 * @module
 */
import type { JsonRecord } from "../files/read.ts";
import type { ModelConfig, RopeScaling } from "../models/model_config.ts";
import { ConfigFields } from "./config_fields.ts";
import type { Family } from "./families.ts";

/** What a configuration says of positions. */
type Rope = Pick<ModelConfig, "ropeTheta" | "ropeScaling" | "rotarySize" | "maxPositions">;

/** Turns over the original context above which YaRN keeps a wave, and below which it stretches it. */
const YARN_FAST = 32, YARN_SLOW = 1;
/** YaRN's sharpening of attention, 0.1 ln(factor) + 1. */
const YARN_SHARPENING = 0.1;
/** What a blend of no width is widened by. */
const LEAST_RAMP = 0.001;
/** Phi 3's own fallback for `original_max_position_embeddings`. */
const PHI3_ORIGINAL_POSITIONS = 4096;
const SCALINGS = ["default", "linear", "llama3", "yarn", "dynamic", "longrope"];

/**
 * Reads RoPE's frequencies, and how many positions they hold for.
 *
 * `dynamic` scaling changes nothing up to `max_position_embeddings`, and beyond it the frequencies would follow from the
 * length of each sequence, as those of `longrope` do beyond `original_max_position_embeddings`: there the positions end.
 *
 * @throws {BenchError} If a scaling is unknown, or a number is missing or impossible
 */
export function readRope(fields: ConfigFields, family: Family, headSize: number): Rope {
  const { json, source } = fields;
  const scaling = fields.record("rope_scaling");
  const parameters = scaling !== undefined && Object.keys(scaling).length > 0
    ? scaling
    : fields.record("rope_parameters") ?? {};
  const nested = Object.keys(parameters).find((key) => key.endsWith("_attention"));
  if (nested !== undefined) {
    fields.fail(
      `its RoPE has parameters of its own for ${JSON.stringify(nested)}, supported is one set for all blocks`,
    );
  }
  const rope = new ConfigFields({ rope_theta: json.rope_theta, ...parameters }, source);
  const ropeTheta = rope.positive("rope_theta", family.ropeTheta);
  const size = readRotarySize(fields, rope, family, headSize);
  const maxPositions = fields.size("max_position_embeddings");
  const original = fields.optionalPositive("original_max_position_embeddings") ??
    (family.name === "Phi3"
      ? PHI3_ORIGINAL_POSITIONS
      : rope.positive("original_max_position_embeddings", maxPositions));
  const common = { ropeTheta, maxPositions, ...(size !== headSize && { rotarySize: size }) };
  const named = parameters.rope_type ?? parameters.type ?? "default";
  // Early Phi 3 checkpoints call it so.
  const kind: unknown = family.name === "Phi3" && (named === "su" || named === "yarn") ? "longrope" : named;
  switch (kind) {
    case "default":
      return common;
    case "dynamic":
      rope.positive("factor");
      return common;
    case "linear":
      return { ...common, ropeScaling: { kind, factor: rope.positive("factor") } };
    case "llama3":
      return {
        ...common,
        ropeScaling: {
          kind,
          factor: rope.positive("factor"),
          lowFrequencyFactor: rope.positive("low_freq_factor"),
          highFrequencyFactor: rope.positive("high_freq_factor"),
          originalMaxPositions: original,
        },
      };
    case "yarn":
      return { ...common, ropeScaling: readYarn(rope, { size, ropeTheta, original, maxPositions }) };
    case "longrope": {
      const [short, long] = ["short_factor", "long_factor"].map((name) =>
        rope.list(name, size / 2, isPositive, "positive numbers") ?? fields.fail(`${name} of its RoPE is missing`)
      );
      const factor = rope.optionalPositive("factor") ?? maxPositions / original;
      const attentionFactor = rope.optionalPositive("attention_factor") ??
        (factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original)));
      const same = short.every((divisor, pair) => divisor === long[pair]);
      return {
        ...common,
        maxPositions: same ? maxPositions : Math.min(maxPositions, original),
        ropeScaling: { kind, divisors: short, attentionFactor },
      };
    }
    default:
      return fields.fail(
        `its RoPE scaling is ${JSON.stringify(kind)}, supported are ${SCALINGS.map((name) => `"${name}"`).join(", ")}`,
      );
  }
}

function isPositive(value: unknown): value is number {
  return typeof value === "number" && value > 0;
}

function readRotarySize(fields: ConfigFields, rope: ConfigFields, family: Family, headSize: number): number {
  const share = rope.optionalPositive("partial_rotary_factor") ?? fields.positive("partial_rotary_factor", 1);
  if (share === 1) return headSize;
  if (!family.partialRotary) {
    fields.fail(
      `partial_rotary_factor is ${share}, which transformers ignores in a ${family.name} model and other programs do not; ` +
        `set it to 1 if the model was trained with transformers`,
    );
  }
  const size = Math.trunc(headSize * share);
  if (size < 2 || size % 2 !== 0 || size > headSize) {
    fields.fail(
      `partial_rotary_factor ${share} turns ${size} of ${headSize} coordinates, expected an even number of them`,
    );
  }
  return size;
}

function readYarn(
  rope: ConfigFields,
  { size, ropeTheta, original, maxPositions }: {
    size: number;
    ropeTheta: number;
    original: number;
    maxPositions: number;
  },
): RopeScaling {
  const factor = rope.optionalPositive("factor") ?? maxPositions / original;
  const sharpening = (scale: number) => factor <= 1 ? 1 : YARN_SHARPENING * scale * Math.log(factor) + 1;
  const { mscale, mscale_all_dim: all } = rope.json;
  const ratio = isPositive(mscale) && isPositive(all) ? sharpening(mscale) / sharpening(all) : sharpening(1);
  /** The pair, as a real number, whose wave turns so often over the original context. */
  const pairOf = (turns: number) => size * Math.log(original / (turns * 2 * Math.PI)) / (2 * Math.log(ropeTheta));
  const whole = rope.flag("truncate", true);
  const first = pairOf(rope.optionalPositive("beta_fast") ?? YARN_FAST);
  const last = pairOf(rope.optionalPositive("beta_slow") ?? YARN_SLOW);
  const low = Math.max(whole ? Math.floor(first) : first, 0);
  const high = Math.min(whole ? Math.ceil(last) : last, size - 1);
  return {
    kind: "yarn",
    factor,
    low,
    high: low === high ? high + LEAST_RAMP : high,
    attentionFactor: rope.optionalPositive("attention_factor") ?? ratio,
  };
}

/** The fields of both forms; YaRN and LongRoPE are never written anew, their models keep the file that they came with. */
export function formatRope(config: ModelConfig): JsonRecord {
  const { ropeTheta, ropeScaling, rotarySize, headSize } = config;
  const scaling = ropeScaling && formatScaling(ropeScaling);
  const partial = rotarySize === undefined ? {} : { partial_rotary_factor: rotarySize / headSize };
  return {
    rope_theta: ropeTheta,
    rope_scaling: scaling ?? null,
    rope_parameters: { rope_theta: ropeTheta, rope_type: "default", ...partial, ...scaling },
    ...partial,
  };
}

function formatScaling(scaling: RopeScaling): JsonRecord {
  switch (scaling.kind) {
    case "linear":
      return { rope_type: "linear", factor: scaling.factor };
    case "llama3":
      return {
        rope_type: "llama3",
        factor: scaling.factor,
        low_freq_factor: scaling.lowFrequencyFactor,
        high_freq_factor: scaling.highFrequencyFactor,
        original_max_position_embeddings: scaling.originalMaxPositions,
      };
    case "yarn":
    case "longrope":
      throw new Error(`A configuration with RoPE scaling ${scaling.kind} is not written anew`);
  }
}
