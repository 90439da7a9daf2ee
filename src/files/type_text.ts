/**
 * A schema as TypeScript, so that documentation and declarations show fields and not how a schema was put together.
 *
 * @module
 */
import { replaceBetween } from "../text/markdown.ts";
import { wrapWidth } from "../text/width.ts";
import { choicesOf, discriminator, type SchemaNode } from "./json_schema.ts";
import { expectedText } from "./schema_text.ts";

/** Between these lines of a source stand types that the schemas of the same file give. */
const BEGIN = "// Types written from the schemas of this file by `deno task schemas`.";
const END = "// End of written types.";

/** Whether a source has the marks of such types. */
export function hasTypes(source: string): boolean {
  return source.includes(`\n${BEGIN}\n`);
}

/**
 * A source with the types between its marks renewed: one of each part that it gives a name by `.meta({ id })`.
 *
 * @param parts by name
 * @throws {BenchError} If it lacks the marks
 */
export function withTypes(source: string, parts: ReadonlyMap<string, SchemaNode>, file: string): string {
  const declarations = [...source.matchAll(/\bid: "(\w+)"/g)].map(([, name]) => {
    const part = parts.get(name);
    if (part === undefined) throw new Error(`Cannot write the type ${name} of ${file}: no schema holds it`);
    return typeDeclaration(name, part);
  });
  return replaceBetween(source, BEGIN, END, declarations.join("\n").trimEnd(), file);
}

/**
 * An exported interface, or a type where the schema is no object with fields. Parts with a name are called by it.
 *
 * @param name of the type
 * @param node of it, with its `description`
 */
export function typeDeclaration(name: string, { name: _, ...node }: SchemaNode): string {
  const head = comment(node.description, "");
  const text = typeText(node, "");
  if (node.properties !== undefined) return `${head}${broken(`export interface ${name} ${text}\n`)}`;
  return `${head}${broken(`export type ${name} =${text.startsWith("\n") ? "" : " "}${text};\n`)}`;
}

/** Long unions with a line an alternative, as the formatter has them. */
function broken(text: string): string {
  return text.replace(
    UNION_LINE,
    (line, indent, head, union) =>
      line.length <= LINE_COLUMNS
        ? line
        : `${indent}${head}${union.split(" | ").map((part: string) => `\n${indent}  | ${part}`).join("")};`,
  );
}

const LINE_COLUMNS = 120;
const UNION_LINE = /^( *)((?:export type|readonly) [^:=]+[:=]) ([^(\n]+ \| [^(\n]+);$/gm;

function typeText(node: SchemaNode, indent: string): string {
  const own = ownText(node, indent);
  return node.nullable ? `${own} | null` : own;
}

function ownText(node: SchemaNode, indent: string): string {
  const { name, type, items, oneOf, prefixItems, properties, additionalProperties } = node;
  if (name !== undefined) return name;
  const choices = choicesOf(node);
  if (choices.length > 0) return choices.map((choice) => JSON.stringify(choice)).join(" | ");
  if (oneOf !== undefined) return unionText(oneOf, `${indent}  `);
  if (prefixItems !== undefined) {
    return `readonly [${prefixItems.map((item) => itemText(item, indent)).join(", ")}]`;
  }
  if (type === "array") {
    const item = typeText(items ?? {}, indent);
    return `readonly ${item.includes(" | ") ? `(${item})` : item}[]`;
  }
  if (type === "object" && properties === undefined) {
    const value = typeText(additionalProperties ?? {}, indent);
    return value === "JsonValue" ? "JsonObject" : `Readonly<Record<string, ${value}>>`;
  }
  if (type === "object") return `{\n${fields(node, `${indent}  `)}${indent}}`;
  return type === undefined ? "JsonValue" : type === "integer" ? "number" : type;
}

/** Descriptions of a tuple's items are their names. */
function itemText(item: SchemaNode, indent: string): string {
  return `${item.description === undefined ? "" : `${item.description}: `}${typeText(item, indent)}`;
}

/** An alternative without a name of its own has a line of its own, under what its discriminator says. */
function unionText(options: readonly SchemaNode[], indent: string): string {
  if (options.every(({ name }) => name !== undefined)) return options.map(({ name }) => name).join(" | ");
  const [key] = discriminator(options);
  return options.map((option) => {
    const { [key]: constant, ...others } = option.properties ?? {};
    const { description, ...tag } = constant ?? {};
    const text = Object.keys(others).length === 0
      ? `{ readonly ${key}: ${typeText(tag, "")} }`
      : typeText({ ...option, properties: { [key]: tag, ...others } }, indent);
    return `\n${comment(description, indent)}${indent}| ${text}`;
  }).join("");
}

function fields({ properties = {}, required = [], additionalProperties }: SchemaNode, indent: string): string {
  const named = Object.entries(properties).map(([key, child]) => {
    const optional = !required.includes(key);
    const text = typeText(child, indent);
    const value = text.startsWith("\n") ? text : ` ${text}`;
    return `${comment(meaning(child, optional), indent)}${indent}readonly ${key}${optional ? "?" : ""}:${value};\n`;
  });
  const others = additionalProperties !== undefined
    ? `${comment("others by name", indent)}${indent}readonly [name: string]: ${
      typeText(additionalProperties, indent)
    };\n`
    : "";
  return named.join("") + others;
}

/** What a field says of itself, and in parentheses what its type does not say. */
function meaning(field: SchemaNode, optional: boolean): string | undefined {
  const { description, default: value, absent } = field;
  if (description === undefined) return undefined;
  const range = rangeText(field);
  const facts = [
    ...(range === undefined ? [] : [range]),
    ...(optional && value !== undefined ? [`default ${JSON.stringify(value)}`] : []),
    ...(optional && absent !== undefined ? [`absent: ${absent}`] : []),
  ];
  return facts.length === 0 ? description : `${description} (${facts.join("; ")})`;
}

function rangeText({ nullable: _, ...field }: SchemaNode): string | undefined {
  const { type, expected } = field;
  if (expected !== undefined) return expected;
  if (choicesOf(field).length > 0 || (type !== "integer" && type !== "number")) return undefined;
  const text = expectedText(field);
  return text === "a number" ? undefined : text;
}

const COLUMNS = 118;
/** A word, not a letter of a formula. */
const WORD = /^(a |[a-z]{2})/;

function comment(description: string | undefined, indent: string): string {
  if (description === undefined) return "";
  const first = WORD.test(description) ? description[0].toUpperCase() : description[0];
  const text = `${first}${description.slice(1)}${/[.…]$/.test(description) ? "" : "."}`;
  const [line, ...others] = wrapWidth(text, COLUMNS - indent.length - " * ".length);
  if (others.length === 0) return `${indent}/** ${line} */\n`;
  return `${indent}/**\n${[line, ...others].map((part) => `${indent} * ${part}\n`).join("")}${indent} */\n`;
}
