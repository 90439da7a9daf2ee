/**
 * Models that experiments here name, each at the commit that they name it by.
 *
 * @module
 */
import { type ModelReference, parseModelReference } from "./reference.ts";

/** A model of the hub that this program knows. */
export interface KnownModel extends ModelReference {
  /** What its page says of the licence. */
  readonly licence: string;
}

/** Smallest first. */
export const KNOWN_MODELS: readonly KnownModel[] = [
  known("HuggingFaceTB/SmolLM2-135M-Instruct@12fd25f77366fa6b3b4b768ec3050bf629380bac", "Apache 2.0"),
  known("deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B@ad9f0ae0864d7fbcd1cd905e3c6c5b069cc8b562", "MIT"),
  known("meta-llama/Llama-3.2-3B-Instruct@0cb88a4f764b7a12671c53f0838cd831a0843b95", "Llama 3.2 licence, gated"),
  known("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B@916b56a44061fd5cd7d6a8fb632557ed4f724f60", "MIT"),
];

/**
 * The reference that a text means to who fetches: of a known model without a revision, its pin.
 *
 * @throws {UsageError} If it is not of the form org/name@revision
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(pinnedReference("HuggingFaceTB/SmolLM2-135M-Instruct").revision.slice(0, 7), "12fd25f");
 * assertEquals(pinnedReference("org/name").revision, "main");
 * ```
 */
export function pinnedReference(text: string): ModelReference {
  const reference = parseModelReference(text);
  const pin = KNOWN_MODELS.find(({ model }) => model === text);
  return pin === undefined ? reference : { model: pin.model, revision: pin.revision };
}

function known(reference: string, licence: string): KnownModel {
  return { ...parseModelReference(reference), licence };
}
