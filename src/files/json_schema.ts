/**
 * A schema as JSON Schema (draft 2020-12): as published, at one place of it, and in words.
 *
 * @module
 */
import { z } from "zod";

/** A JSON Schema, as far as one of ours needs it. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What a published schema says about itself. */
export interface SchemaHead {
  readonly $id: string;
  readonly title: string;
  readonly description: string;
}

/** The schema as others check files with it. */
export function publishedSchema(schema: z.ZodType, head: SchemaHead): JsonSchema {
  const { $schema, ...body } = jsonSchema(schema);
  return { ...($schema !== undefined && { $schema }), ...head, ...body };
}

/** The same as it is, for looking things up in it. */
export function jsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      // Words about types in memory, and a name that $defs has already.
      delete jsonSchema.readOnly;
      delete jsonSchema.id;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (zodSchema._zod.def.type === "tuple") {
        const length = jsonSchema.prefixItems?.length ?? 0;
        Object.assign(jsonSchema, { minItems: length, maxItems: length });
      }
    },
  });
}

/**
 * What stands at a path of a schema: keys of objects, indices of lists.
 *
 * @returns an empty schema, which allows everything, where the path leads out of it
 */
export function schemaAt(root: JsonSchema, path: readonly PropertyKey[]): JsonSchema {
  return path.reduce<JsonSchema>((schema, step) => {
    const { properties, additionalProperties, prefixItems, items } = withoutNull(schema, root).schema;
    const child = typeof step === "number" ? prefixItems?.[step] ?? items : properties?.[String(step)] ??
      additionalProperties;
    return typeof child === "object" && !Array.isArray(child) ? child : {};
  }, root);
}

/** What a value has to be, in a few words: `integer ≥ 0`, `one of "a", "b"`, `number in [0, 1] or null`. */
export function expectation(schema: JsonSchema, root: JsonSchema): string {
  const { schema: rule, nullable } = withoutNull(schema, root);
  return rangeText(rule) + (nullable ? " or null" : "");
}

/** Follows a reference, and takes `null` out of the alternatives. */
export function withoutNull(schema: JsonSchema, root: JsonSchema): { schema: JsonSchema; nullable: boolean } {
  if (schema.$ref !== undefined) return withoutNull(root.$defs![schema.$ref.replace("#/$defs/", "")], root);
  const others = schema.anyOf?.filter(({ type }) => type !== "null");
  if (others?.length !== 1) return { schema, nullable: false };
  return { schema: withoutNull(others[0], root).schema, nullable: true };
}

function rangeText(rule: JsonSchema): string {
  if (rule.const !== undefined) return JSON.stringify(rule.const);
  if (rule.enum !== undefined) return `one of ${rule.enum.map((choice) => JSON.stringify(choice)).join(", ")}`;
  switch (rule.type) {
    case "integer":
    case "number":
      if (rule.minimum === undefined) return rule.type;
      return `${rule.type} ${
        rule.maximum === undefined ? `≥ ${rule.minimum}` : `in [${rule.minimum}, ${rule.maximum}]`
      }`;
    case "string":
      if (rule.pattern !== undefined) return `text like ${rule.pattern}`;
      return rule.minLength === undefined ? "text" : "text that is not empty";
    case "array":
      return rule.minItems === undefined
        ? "list"
        : rule.maxItems === undefined
        ? `list of at least ${rule.minItems}`
        : `list of ${rule.minItems}`;
    case undefined:
      return "any value";
    default:
      return rule.type;
  }
}
