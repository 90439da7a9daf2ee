/**
 * Low-rank adapters (LoRA, Hu et al., arXiv:2106.09685): beside a frozen linear layer y = W x stand A (R, in) and
 * B (out, R), and y = W x + (alpha / R) · B A x. Names, shapes and initial values are those of peft.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { distinct } from "../files/distinct.ts";
import { RandomSequence } from "../random/streams.ts";
import { adaptedLayers, ADAPTER_TARGETS, adapterScale } from "./adapted_layers.ts";
import type { HostTensor, NamedTensors } from "./language_model.ts";
import type { ModelConfig } from "./model_config.ts";

// Types written from the schemas of this file by `deno task schemas`.
/** A low-rank adapter (LoRA) that is trained in place of the weights, without dropout. */
export interface AdapterConfig {
  /** R, rows of A and columns of B of each layer (an integer of at least 1). */
  readonly rank: number;
  /** What an adapter adds is scaled by alpha / rank (a number above 0). */
  readonly alpha: number;
  /** Which linear layers of a block have one (absent: all seven). */
  readonly targets?: readonly ("q_proj" | "k_proj" | "v_proj" | "o_proj" | "gate_proj" | "up_proj" | "down_proj")[];
}
// End of written types.

/** What an {@link AdapterConfig} must be. */
export const adapterSchema = z.strictObject({
  rank: z.int().min(1).describe("R, rows of A and columns of B of each layer"),
  alpha: z.number().positive().describe("what an adapter adds is scaled by alpha / rank"),
  targets: distinct(z.enum(ADAPTER_TARGETS), "layer").exactOptional().describe(
    "which linear layers of a block have one",
  )
    .meta({ absent: "all seven" }),
}).readonly().meta({
  id: "AdapterConfig",
  description: "a low-rank adapter (LoRA) that is trained in place of the weights, without dropout",
});

/**
 * An adapter as peft starts it: A uniform in ±1/√in (Kaiming's law with a = √5), B zero, so that the model is the base's.
 * Every A has a random sequence of its own, named by the seed and the tensor.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadCheckpoint } from "../checkpoint/checkpoint.ts";
 * const { config } = await loadCheckpoint("models/tiny");
 * const tensors = initialAdapter(config, { rank: 3, alpha: 6, targets: ["v_proj"] }, 1);
 * const a = tensors.get("base_model.model.model.layers.0.self_attn.v_proj.lora_A.weight")!;
 * assertEquals(a.shape, [3, config.hiddenSize]);
 * ```
 */
export function initialAdapter(config: ModelConfig, adapter: AdapterConfig, seed: number): NamedTensors {
  return new Map(
    adaptedLayers(config, adapter).flatMap(({ a, b, input, output }): [string, HostTensor][] => {
      const random = new RandomSequence("initial-adapter", seed, a);
      const bound = 1 / Math.sqrt(input);
      const drawn = Float32Array.from({ length: adapter.rank * input }, () => bound * (2 * random.uniform() - 1));
      return [
        [a, { shape: [adapter.rank, input], data: drawn }],
        [b, { shape: [output, adapter.rank], data: new Float32Array(output * adapter.rank) }],
      ];
    }),
  );
}

/** Whether an adapter adds nothing: every B is zero, as before training. */
export function isNeutral(tensors: NamedTensors): boolean {
  return tensors.entries().every(([name, { data }]) => !name.endsWith(".lora_B.weight") || data.every((x) => x === 0));
}

/**
 * Weights with an adapter added to those that it stands beside: W + (alpha / rank) · B A, in 64 bits, rounded once. Each is
 * made when it is asked for, and not kept.
 *
 * @param tensors the adapter's
 */
export function mergedWeights(
  weights: NamedTensors,
  config: ModelConfig,
  adapter: AdapterConfig,
  tensors: NamedTensors,
): Pick<NamedTensors, "get"> {
  const layers = new Map(adaptedLayers(config, adapter).map((layer) => [layer.weight, layer]));
  const scale = adapterScale(adapter);
  return {
    get(name) {
      const weight = weights.get(name), layer = layers.get(name);
      if (weight === undefined || layer === undefined) return weight;
      const { input, output } = layer;
      const a = tensors.get(layer.a)!.data, b = tensors.get(layer.b)!.data;
      const data = new Float32Array(weight.data.length), row = new Float64Array(input);
      for (let o = 0; o < output; o++) {
        row.fill(0);
        for (let r = 0; r < adapter.rank; r++) {
          const factor = scale * b[o * adapter.rank + r];
          for (let i = 0; i < input; i++) row[i] += factor * a[r * input + i];
        }
        for (let i = 0; i < input; i++) data[o * input + i] = weight.data[o * input + i] + row[i];
      }
      return { shape: weight.shape, data };
    },
  };
}
