/**
 * The linear layers that an adapter stands beside, by peft's names. Workers of the engine load this file, so that it needs
 * no package: each would load it again.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import type { AdapterConfig } from "./adapter.ts";
import type { ModelConfig } from "./model_config.ts";
import { elementCount, layerTensor, parameterShapes } from "./parameters.ts";

/** Linear layers of a block that may have an adapter, in the order in which a block computes them. */
export const ADAPTER_TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"] as const;

/** One of {@link ADAPTER_TARGETS}. */
export type AdapterTarget = typeof ADAPTER_TARGETS[number];

const ATTENTION: ReadonlySet<AdapterTarget> = new Set(["q_proj", "k_proj", "v_proj", "o_proj"]);

/** What peft puts in front of a module's name. */
const PREFIX = "base_model.model.";

/** An adapted layer's two tensors. */
export interface AdaptedLayer {
  /** Name of the weight that it stands beside, (out, in). */
  readonly weight: string;
  /** Name of A, (R, in). */
  readonly a: string;
  /** Name of B, (out, R). */
  readonly b: string;
  readonly input: number;
  readonly output: number;
}

/** What an adapter adds is multiplied with this. */
export function adapterScale({ alpha, rank }: AdapterConfig): number {
  return alpha / rank;
}

/** @throws {BenchError} If the model's projections are fused: what peft trains there is another adapter */
export function requireAdaptable({ family, fusedProjections }: ModelConfig): void {
  if (!fusedProjections) return;
  throw new BenchError(
    `Cannot train an adapter of ${family}: its query, key and value projections are one tensor, expected a model ` +
      `with ${ADAPTER_TARGETS.join(", ")}; leave training.adapter out`,
  );
}

/**
 * The adapted layers of a model, block by block, in the order in which a block computes them.
 *
 * @throws {BenchError} If the model's projections are fused
 */
export function adaptedLayers(config: ModelConfig, adapter: AdapterConfig): AdaptedLayer[] {
  requireAdaptable(config);
  const targets = ADAPTER_TARGETS.filter((target) => (adapter.targets ?? ADAPTER_TARGETS).includes(target));
  const shapes = parameterShapes(config);
  return Array.from({ length: config.layers }, (_, layer) =>
    targets.map((target): AdaptedLayer => {
      const module = layerTensor(layer, `${ATTENTION.has(target) ? "self_attn" : "mlp"}.${target}`);
      const [output, input] = shapes.get(`${module}.weight`)!;
      return {
        weight: `${module}.weight`,
        a: `${PREFIX}${module}.lora_A.weight`,
        b: `${PREFIX}${module}.lora_B.weight`,
        input,
        output,
      };
    })).flat();
}

/** Shapes by peft's names, A before B of each layer. */
export function adapterShapes(config: ModelConfig, adapter: AdapterConfig): ReadonlyMap<string, readonly number[]> {
  return new Map(
    adaptedLayers(config, adapter).flatMap(({ a, b, input, output }): [string, readonly number[]][] => [
      [a, [adapter.rank, input]],
      [b, [output, adapter.rank]],
    ]),
  );
}

/** Numbers that are trained. */
export function adapterParameterCount(config: ModelConfig, adapter: AdapterConfig): number {
  return adapterShapes(config, adapter).values().reduce((sum, shape) => sum + elementCount(shape), 0);
}
