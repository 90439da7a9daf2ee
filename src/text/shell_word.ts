/**
 * Words as a shell takes them.
 *
 * @module
 */
import { visible } from "./visible.ts";

/**
 * A word of a command line, in quotes where it needs them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(["tiny", "a b", "it's"].map(shellWord).join(" "), `tiny 'a b' 'it'\\''s'`);
 * ```
 */
export function shellWord(word: string): string {
  const text = visible(word);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
