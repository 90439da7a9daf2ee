/**
 * Overrides of a Hydra configuration, one a line, quoted by Hydra's grammar: none of them passes a shell.
 *
 * Source: hydra.cc/docs/1.3/advanced/override_grammar/basic.
 *
 * @module
 */

/** What a key is set to. */
export type OverrideValue = string | number | boolean | null | readonly string[];

/** A key of the configuration, and its value. */
export type Override = readonly [key: string, value: OverrideValue];

/**
 * One override as Hydra reads it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(overrideLine(["trainer.logger", ["console"]]), "trainer.logger=['console']");
 * assertEquals(overrideLine(["data.seed", null]), "data.seed=null");
 * ```
 */
export function overrideLine([key, value]: Override): string {
  return `${key}=${valueText(value)}`;
}

function valueText(value: OverrideValue): string {
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return `[${value.map(quoted).join(",")}]`;
  return String(value);
}

/** In single quotes; within them a backslash escapes the quote, and itself before one. */
function quoted(text: string): string {
  return `'${
    text.replaceAll(/(\\*)('|$)/g, (_, slashes: string, quote: string) => slashes + slashes + (quote && "\\'"))
  }'`;
}
