/**
 * A schema in words: what is expected at a place, for errors, documents and types alike.
 *
 * @module
 */
import { choicesOf, discriminator, type SchemaNode } from "./json_schema.ts";

/**
 * What a place takes, e.g. `an integer of at least 1`, `"sample" or "greedy"`.
 *
 * @example
 * ```ts
 * import { z } from "zod";
 * import { assertEquals } from "@std/assert";
 * import { schemaNode } from "./json_schema.ts";
 * import { expectedText } from "./schema_text.ts";
 * assertEquals(expectedText(schemaNode(z.number().gt(0).lte(1).nullable())), "a number in (0, 1] or null");
 * ```
 */
export function expectedText(node: SchemaNode): string {
  const choices = choicesOf(node).map((choice) => JSON.stringify(choice));
  const words = node.expected === undefined && choices.length > 0 ? choices : [node.expected ?? kindText(node)];
  return alternatives(node.nullable ? [...words, "null"] : words);
}

function kindText(node: SchemaNode): string {
  if (node.oneOf !== undefined) {
    const [key, values] = discriminator(node.oneOf);
    return `an object whose ${key} is ${alternatives(values.map((value) => JSON.stringify(value)))}`;
  }
  const { type, required = [], minLength = 0, pattern, minItems = 0, maxItems } = node;
  switch (type) {
    case "integer":
    case "number":
      return numberText(node);
    case "string":
      return pattern !== undefined ? `text like ${pattern}` : minLength > 0 ? "text that is not empty" : "text";
    case "boolean":
      return "true or false";
    case "array":
      if (maxItems !== undefined) return `a list of ${maxItems}`;
      return minItems > 0 ? `a list of at least ${minItems}` : "a list";
    case "object":
      return required.length > 0 ? `an object with ${required.join(", ")}` : "an object";
    default:
      return "another value";
  }
}

/** `a`, `a or b`, `a, b or c`. */
export function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function numberText({ type, minimum, exclusiveMinimum, maximum, exclusiveMaximum }: SchemaNode): string {
  const kind = type === "integer" ? "an integer" : "a number";
  const low = exclusiveMinimum ?? minimum;
  const high = exclusiveMaximum ?? maximum;
  if (low !== undefined && high !== undefined) {
    const open = exclusiveMinimum === undefined ? "[" : "(";
    const close = exclusiveMaximum === undefined ? "]" : ")";
    return `${kind} in ${open}${low}, ${high}${close}`;
  }
  if (low !== undefined) return `${kind} ${exclusiveMinimum === undefined ? "of at least" : "above"} ${low}`;
  if (high !== undefined) return `${kind} ${exclusiveMaximum === undefined ? "of at most" : "below"} ${high}`;
  return kind;
}
