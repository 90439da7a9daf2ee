/**
 * What a JSON Schema says of every field, as Markdown: one table of the document, one of each part that has a name.
 *
 * @module
 */
import { escapeMarkdown, markdownTable } from "../text/markdown.ts";
import { expectation, type JsonSchema, withoutNull } from "./json_schema.ts";

/** Tables by `path`, type and meaning, under a heading each but the first. */
export function fieldTables(root: JsonSchema): string {
  const parts = Object.entries(root.$defs ?? {}).filter(([, part]) => part.properties !== undefined);
  return [
    fieldTable(root, root),
    ...parts.flatMap(([name, part]) => [
      `### ${name}`,
      ...(part.description === undefined ? [] : [`${part.description}.`]),
      fieldTable(part, root),
    ]),
  ].join("\n\n");
}

function fieldTable(part: JsonSchema, root: JsonSchema): string {
  return markdownTable(["field", "", ""], fieldRows(part, root, ""), FIELD_COLUMNS);
}

const FIELD_COLUMNS = 3;

function fieldRows({ properties = {}, required = [] }: JsonSchema, root: JsonSchema, prefix: string): string[][] {
  return Object.entries(properties).flatMap(([key, child]) => {
    if (typeof child === "boolean") return [];
    const own = withoutReference(child);
    const optional = required.includes(key) ? "" : ", may be absent";
    return [
      [`\`${prefix}${key}\``, typeText(child, root) + optional, child.description ?? ""],
      ...(own.properties === undefined ? [] : fieldRows(own, root, `${prefix}${key}.`)),
    ];
  });
}

/** A part with a name has a table of its own. */
function withoutReference(schema: JsonSchema): JsonSchema {
  return schema.$ref === undefined ? schema : {};
}

function typeText(schema: JsonSchema, root: JsonSchema): string {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace("#/$defs/", "");
    const part = root.$defs![name];
    return part.properties === undefined ? typeText(part, root) : `[${name}](#${name.toLowerCase()})`;
  }
  const { items, additionalProperties, properties, type } = schema;
  if (type === "array" && typeof items === "object" && !Array.isArray(items)) {
    return `list of ${typeText(items, root)}`;
  }
  if (type === "object" && properties === undefined && typeof additionalProperties === "object") {
    return additionalProperties.$ref === undefined ? "object" : `object of ${typeText(additionalProperties, root)}`;
  }
  const { schema: rule } = withoutNull(schema, root);
  // A pattern is for machines.
  const text = rule.pattern === undefined ? expectation(schema, root) : rule === schema ? "text" : "text or null";
  return escapeMarkdown(text.replaceAll('"', ""));
}
