/**
 * The input embedding table on the host.
 *
 * @module
 */
import type { LanguageModel } from "./language_model.ts";

/** The input embedding table on the host. */
export interface EmbeddingTable {
  /** `V`. */
  readonly rows: number;
  /** `D`. */
  readonly width: number;
  /** (V, D). */
  readonly values: Float32Array;
}

/**
 * The input embedding table as algorithms read it: a view of the weights as they are now.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadCheckpoint } from "../checkpoint/checkpoint.ts";
 * import { createEngine } from "../engine/engine.ts";
 *
 * const { config, weights } = await loadCheckpoint("models/tiny");
 * const model = await createEngine(config, weights, { workers: 1 });
 * const { rows, width, values } = embeddingTableOf(model);
 * assertEquals(values.length, rows * width);
 * await model.dispose();
 * ```
 */
export function embeddingTableOf(model: LanguageModel): EmbeddingTable {
  return { rows: model.config.vocabularySize, width: model.config.hiddenSize, values: model.embeddingTable() };
}
