/**
 * An adapter and the model beside which it stands -> an ordinary checkpoint, which needs neither peft nor this program.
 *
 * @module
 */
import { mergedWeights } from "../models/adapter.ts";
import { loadAdapter } from "./adapter.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { LazyTensors } from "./stored_tensors.ts";
import { saveCheckpoint } from "./writer.ts";

/**
 * Writes the merged checkpoint: W + (alpha / rank) · B A, rounded once to 32 bits, and whatever else the base has.
 *
 * @returns the SHA-256 of its weights
 * @throws {BenchError} If the adapter is damaged or not of this base, or something is at `to`
 */
export async function mergeAdapter(folder: string, base: Checkpoint, to: string): Promise<string> {
  const { config } = base;
  const { adapter, tensors } = await loadAdapter(folder, config);
  const merged = mergedWeights(base.weights, config, adapter, tensors);
  return await saveCheckpoint(to, {
    config,
    configJson: base.configJson,
    weights: new LazyTensors(
      new Map(Array.from(base.weights.keys(), (name) => [name, { read: () => merged.get(name)! }])),
    ),
    dtype: "F32",
    companionsFrom: base.folder,
    card: {
      title: "Merged adapter",
      summary: `${base.folder} with the adapter of ${folder} added to its weights.`,
      facts: [
        ["base weights sha256", `\`${await base.weightsSha256()}\``],
        ["rank", String(adapter.rank)],
        ["alpha", String(adapter.alpha)],
      ],
    },
  });
}
