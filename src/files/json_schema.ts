/**
 * A schema as JSON Schema (draft 2020-12): as published for other programs, and as the tree that errors, documents and
 * types of this program are made from.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";

/** A JSON Schema as it is published. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What a published schema says about itself. */
export interface SchemaHead {
  readonly $id: string;
  readonly title: string;
  readonly description: string;
}

/** What an enumeration or a constant can be. */
export type Choice = string | number | boolean;

/** One place of a schema, with references followed: what this project's schemas use of JSON Schema. */
export interface SchemaNode {
  /** Of a part that has one, by `.meta({ id })`. */
  readonly name?: string;
  /** Whether it may be null too. */
  readonly nullable?: true;
  readonly type?: string;
  readonly const?: Choice;
  readonly enum?: readonly Choice[];
  /** Alternatives. */
  readonly oneOf?: readonly SchemaNode[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  /** What keys beside `properties` hold; absent where there may be none. */
  readonly additionalProperties?: SchemaNode;
  readonly propertyNames?: SchemaNode;
  readonly items?: SchemaNode;
  /** Of a tuple. */
  readonly prefixItems?: readonly SchemaNode[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly description?: string;
  readonly default?: unknown;
  /** What it means that an optional key without a default is absent. */
  readonly absent?: string;
  /** What is expected, where bounds and types do not say it all. */
  readonly expected?: string;
}

/** The schema as others check files with it. */
export function publishedSchema(schema: z.ZodType, head: SchemaHead): JsonSchema {
  const { $schema, ...body } = jsonSchema(schema);
  return { ...($schema !== undefined && { $schema }), ...head, ...body };
}

function jsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      // Words about types in memory, and a name that $defs has already.
      delete jsonSchema.readOnly;
      delete jsonSchema.id;
      // The bounds of every integer that a number can hold are no bounds of the value.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (zodSchema._zod.def.type === "tuple") {
        const length = jsonSchema.prefixItems?.length ?? 0;
        Object.assign(jsonSchema, { minItems: length, maxItems: length });
      }
    },
  });
}

const nodes = new WeakMap<z.ZodType, SchemaNode>();

/** The schema as a tree. */
export function schemaNode(schema: z.ZodType): SchemaNode {
  return nodes.getOrInsertComputed(schema, () => {
    const root = jsonSchema(schema);
    return nodeOf(root, root.$defs ?? {});
  });
}

/** Every part of the schema that has a name, as it describes itself: what a place says of it there is left out. */
export function schemaParts(schema: z.ZodType): ReadonlyMap<string, SchemaNode> {
  const { $defs = {} } = jsonSchema(schema);
  return new Map(Object.entries($defs).map(([name, part]) => [name, { ...nodeOf(part, $defs), name }]));
}

function nodeOf(
  { $ref, $schema: _, $defs: __, anyOf, ...own }: JsonSchema,
  parts: Record<string, JsonSchema>,
): SchemaNode {
  const read = (schema: unknown) => nodeOf(schema as JsonSchema, parts);
  const readAll = (schemas: readonly unknown[]) => schemas.map(read);
  const { oneOf, properties, additionalProperties, propertyNames, items, prefixItems, ...plain } = own;
  const name = $ref?.replace("#/$defs/", "");
  const [other, ...others] = anyOf?.filter(({ type }) => type !== "null") ?? [];
  if (others.length > 0) throw new Error("Cannot read a schema of alternatives that no key tells apart");
  return {
    ...(name !== undefined && { ...read(parts[name]), name }),
    ...(other !== undefined && { ...read(other), nullable: true }),
    ...plain,
    ...(oneOf && { oneOf: readAll(oneOf) }),
    ...(properties &&
      { properties: Object.fromEntries(Object.entries(properties).map(([key, of]) => [key, read(of)])) }),
    ...(typeof additionalProperties === "object" && { additionalProperties: read(additionalProperties) }),
    ...(typeof propertyNames === "object" && { propertyNames: read(propertyNames) }),
    ...(typeof items === "object" && { items: read(items) }),
    ...(prefixItems && { prefixItems: readAll(prefixItems) }),
  } as SchemaNode;
}

/** Values of an enumeration or of a constant; empty elsewhere. */
export function choicesOf(node: SchemaNode): readonly Choice[] {
  return node.enum ?? (node.const === undefined ? [] : [node.const]);
}

/** The key by which alternatives are told apart, and its values. */
export function discriminator(options: readonly SchemaNode[]): [key: string, values: Choice[]] {
  const [key] = Object.entries(options[0].properties ?? {}).find(([, { const: value }]) => value !== undefined) ?? [""];
  return [key, options.flatMap(({ properties }) => choicesOf(properties?.[key] ?? {}))];
}
