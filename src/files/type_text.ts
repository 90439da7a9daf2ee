/**
 * A JSON Schema as TypeScript, so that documentation and declarations show fields and not how a schema was put together.
 *
 * @module
 */
import { wrapWidth } from "../text/width.ts";
import { type JsonSchema, withoutNull } from "./json_schema.ts";

/**
 * An exported interface, or a type where the schema is no object with fields. Parts with a name are called by it.
 *
 * @param name of the type
 * @param schema of it, with its `description`
 */
export function typeDeclaration(name: string, schema: JsonSchema): string {
  const text = typeText(schema, "");
  const head = comment(schema.description, "");
  return schema.properties === undefined
    ? `${head}export type ${name} = ${text};\n`
    : `${head}export interface ${name} ${text}\n`;
}

function typeText(schema: JsonSchema, indent: string): string {
  const { $ref, const: constant, enum: choices, type, items, prefixItems, properties, additionalProperties } = schema;
  if ($ref !== undefined) return $ref.replace("#/$defs/", "");
  const { schema: own, nullable } = withoutNull(schema, schema);
  if (nullable) return `${typeText(own, indent)} | null`;
  if (constant !== undefined) return JSON.stringify(constant);
  if (choices !== undefined) return choices.map((choice) => JSON.stringify(choice)).join(" | ");
  if (prefixItems !== undefined) {
    return `readonly [${prefixItems.map((item) => itemText(item as JsonSchema, indent)).join(", ")}]`;
  }
  if (type === "array") {
    const item = typeText(items as JsonSchema, indent);
    return `readonly ${item.includes(" | ") ? `(${item})` : item}[]`;
  }
  if (type === "object" && properties === undefined) {
    const value = typeText(additionalProperties as JsonSchema, indent);
    return value === "JsonValue" ? "JsonObject" : `Readonly<Record<string, ${value}>>`;
  }
  if (type === "object") return `{\n${fields(schema, `${indent}  `)}${indent}}`;
  return type === undefined ? "JsonValue" : type === "integer" ? "number" : type;
}

/** Descriptions of a tuple's items are their names. */
function itemText(item: JsonSchema, indent: string): string {
  return `${item.description === undefined ? "" : `${item.description}: `}${typeText(item, indent)}`;
}

function fields({ properties = {}, required = [], additionalProperties }: JsonSchema, indent: string): string {
  const named = Object.entries(properties).map(([key, child]) => {
    const schema = child as JsonSchema;
    const optional = required.includes(key) ? "" : "?";
    return `${comment(schema.description, indent)}${indent}readonly ${key}${optional}: ${typeText(schema, indent)};\n`;
  });
  const others = typeof additionalProperties === "object"
    ? `${comment("others by name", indent)}${indent}readonly [name: string]: ${
      typeText(additionalProperties, indent)
    };\n`
    : "";
  return named.join("") + others;
}

const COLUMNS = 118;

function comment(description: string | undefined, indent: string): string {
  if (description === undefined) return "";
  const text = `${description[0].toUpperCase()}${description.slice(1)}${/[.…]$/.test(description) ? "" : "."}`;
  const [line, ...others] = wrapWidth(text, COLUMNS - indent.length - " * ".length);
  if (others.length === 0) return `${indent}/** ${line} */\n`;
  return `${indent}/**\n${[line, ...others].map((part) => `${indent} * ${part}\n`).join("")}${indent} */\n`;
}
