/**
 * The command line that a command's arguments came from, as words.
 *
 * @module
 */
import { type COMMON_FLAGS, kebabCase } from "./flag.ts";

/** Flags about what is shown alone. */
const SHOWN_ALONE: ReadonlySet<string> = new Set<keyof typeof COMMON_FLAGS>(["quiet", "debug", "help"]);

/**
 * The words of a command line, paths as they are from where the program runs.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { commandWords } from "./command_words.ts";
 * const args = { positionals: ["tiny"], flags: { seeds: [1, 2], maxNewTokens: 30, json: true, quiet: true } };
 * assertEquals(commandWords("bench", args), ["bench", "tiny", "--seeds", "1,2", "--max-new-tokens", "30", "--json"]);
 * ```
 */
export function commandWords(
  name: string,
  { positionals, flags }: {
    readonly positionals: readonly string[];
    readonly flags: Readonly<Record<string, unknown>>;
  },
): string[] {
  const ofFlags = Object.entries(flags).filter(([flag, value]) => value !== undefined && !SHOWN_ALONE.has(flag))
    .flatMap(([flag, value]) => {
      const dashed = kebabCase(flag);
      if (typeof value === "boolean") return [value ? `--${dashed}` : `--no-${dashed}`];
      return [`--${dashed}`, [value].flat().join(",")];
    });
  return [name, ...positionals, ...ofFlags];
}
