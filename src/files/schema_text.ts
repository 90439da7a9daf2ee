/**
 * A schema in words: what is expected at a place, for errors and for the docs alike. It reads the JSON Schema that a
 * schema gives, so that nothing is said twice.
 *
 * @module
 */
import { z } from "zod";

/** One place of a JSON Schema: what this project's schemas use of it. */
export interface SchemaNode {
  readonly type?: string;
  readonly const?: string | number | boolean;
  readonly enum?: readonly (string | number | boolean)[];
  readonly oneOf?: readonly SchemaNode[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly description?: string;
  readonly default?: unknown;
  /** What is expected, where bounds and types do not say it all. */
  readonly expected?: string;
}

const known = new WeakMap<z.ZodType, SchemaNode>();

/** The JSON Schema of what may be written. */
export function schemaNode(schema: z.ZodType): SchemaNode {
  let node = known.get(schema);
  if (node === undefined) {
    node = z.toJSONSchema(schema, { io: "input" }) as SchemaNode;
    known.set(schema, node);
  }
  return node;
}

/**
 * What a place takes, e.g. `an integer of at least 1`, `"sample" or "greedy"`.
 *
 * @example
 * ```ts
 * import { z } from "zod";
 * import { assertEquals } from "@std/assert";
 * import { expectedText, schemaNode } from "./schema_text.ts";
 * assertEquals(expectedText(schemaNode(z.number().gt(0).lte(1))), "a number in (0, 1]");
 * ```
 */
export function expectedText(node: SchemaNode): string {
  if (node.expected !== undefined) return node.expected;
  const choices = choicesOf(node);
  if (choices.length > 0) return alternatives(choices.map((choice) => JSON.stringify(choice)));
  if (node.oneOf !== undefined) {
    const [key, values] = discriminator(node.oneOf);
    return `an object whose ${key} is ${alternatives(values.map((value) => JSON.stringify(value)))}`;
  }
  switch (node.type) {
    case "integer":
    case "number":
      return numberText(node);
    case "string":
      return (node.minLength ?? 0) > 0 ? "text that is not empty" : "text";
    case "boolean":
      return "true or false";
    case "array":
      return `a list${node.minItems ? ` of at least ${node.minItems}` : ""}`;
    case "object":
      return node.required?.length ? `an object with ${node.required.join(", ")}` : "an object";
    default:
      return "another value";
  }
}

/** Values of an enumeration or of a constant; empty elsewhere. */
export function choicesOf(node: SchemaNode): readonly (string | number | boolean)[] {
  return node.enum ?? (node.const === undefined ? [] : [node.const]);
}

/** The key by which alternatives are told apart, and its values. */
export function discriminator(options: readonly SchemaNode[]): [key: string, values: (string | number | boolean)[]] {
  const [key] = Object.entries(options[0].properties ?? {}).find(([, { const: value }]) => value !== undefined) ?? [""];
  return [key, options.flatMap(({ properties }) => choicesOf(properties?.[key] ?? {}))];
}

/** `a`, `a or b`, `a, b or c`. */
export function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function numberText(node: SchemaNode): string {
  const kind = node.type === "integer" ? "an integer" : "a number";
  const { minimum, exclusiveMinimum } = node;
  // The bounds of every integer that a number can hold are no bounds of the setting.
  const maximum = node.maximum === Number.MAX_SAFE_INTEGER ? undefined : node.maximum;
  const low = exclusiveMinimum ?? (minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum);
  const high = node.exclusiveMaximum ?? maximum;
  if (low !== undefined && high !== undefined) {
    const open = exclusiveMinimum === undefined ? "[" : "(";
    const close = node.exclusiveMaximum === undefined ? "]" : ")";
    return `${kind} in ${open}${low}, ${high}${close}`;
  }
  if (low !== undefined) return `${kind} ${exclusiveMinimum === undefined ? "of at least" : "above"} ${low}`;
  if (high !== undefined) return `${kind} ${node.exclusiveMaximum === undefined ? "of at most" : "below"} ${high}`;
  return kind;
}
