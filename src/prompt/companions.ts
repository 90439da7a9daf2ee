/**
 * The small files beside a model's weights, by name: those of a folder, or what a GGUF file holds in their place.
 *
 * @module
 */
import { isGguf, readGguf } from "../files/gguf.ts";
import { readTextIfPresent } from "../files/read.ts";
import { ggufTokenizerFiles } from "./gguf_tokenizer.ts";

/** The text of a file, or undefined where there is none of that name. */
export type ReadCompanion = (name: string) => Promise<string | undefined>;

/**
 * Opens the companions of a checkpoint.
 *
 * @param checkpoint its folder, or its GGUF file
 * @throws {BenchError} If a GGUF file is damaged, or its tokenizer is of a kind that is not read
 */
export function openCompanions(checkpoint: string): ReadCompanion {
  if (!isGguf(checkpoint)) return (name) => readTextIfPresent(`${checkpoint}/${name}`);
  const files = ggufTokenizerFiles(readGguf(checkpoint));
  return (name) => Promise.resolve(files.get(name));
}
