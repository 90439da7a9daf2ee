/**
 * What a schema says of every field, as Markdown: one table of the document, one of each part that has a name.
 *
 * @module
 */
import type { z } from "npm:zod@4.3.5";
import { escapeMarkdown, markdownTable } from "../text/markdown.ts";
import { type SchemaNode, schemaNode, schemaParts } from "./json_schema.ts";
import { expectedText } from "./schema_text.ts";

/** Tables by path, type and meaning, under a heading each but the first. */
export function fieldTables(schema: z.ZodType): string {
  const parts = [...schemaParts(schema)].filter(([, { properties }]) => properties !== undefined);
  return [
    fieldTable(schemaNode(schema)),
    ...parts.flatMap(([name, part]) => [
      `### ${name}`,
      ...(part.description === undefined ? [] : [`${part.description}.`]),
      fieldTable(part),
    ]),
  ].join("\n\n");
}

function fieldTable(part: SchemaNode): string {
  return markdownTable(["field", "", ""], fieldRows(part, ""), FIELD_COLUMNS);
}

const FIELD_COLUMNS = 3;

function fieldRows({ properties = {}, required = [] }: SchemaNode, prefix: string): string[][] {
  return Object.entries(properties).flatMap(([key, child]) => {
    const optional = required.includes(key) ? "" : ", may be absent";
    return [
      [`\`${prefix}${key}\``, typeText(child) + optional, child.description ?? ""],
      // A part with a name has a table of its own.
      ...(child.name === undefined ? fieldRows(child, `${prefix}${key}.`) : []),
    ];
  });
}

function typeText(node: SchemaNode): string {
  const { name, items, additionalProperties, prefixItems, properties, pattern } = node;
  if (properties !== undefined) return name === undefined ? "an object" : `[${name}](#${name.toLowerCase()})`;
  if (items !== undefined && prefixItems === undefined) return `${expectedText(node)}, each ${typeText(items)}`;
  if (additionalProperties?.name !== undefined) return `an object, each value ${typeText(additionalProperties)}`;
  // A pattern is for machines.
  return escapeMarkdown(
    expectedText({ ...node, ...(pattern !== undefined && { expected: "text" }) }).replaceAll('"', ""),
  );
}
