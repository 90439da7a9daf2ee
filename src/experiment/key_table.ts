/**
 * Every key of an experiment as Markdown tables, from the schema that checks it: the block of `docs/experiments.md`.
 *
 * @module
 */
import { choicesOf, discriminator, type SchemaNode, schemaNode } from "../files/json_schema.ts";
import { expectedText } from "../files/schema_text.ts";
import { markdownTable } from "../text/markdown.ts";
import { experimentSchema } from "./config.ts";

/** One key. */
interface Row {
  readonly key: string;
  readonly takes: string;
  readonly default: string;
  readonly meaning: string;
}

/** A part that stands at several places is told once, in a table of its own. */
interface Part {
  /** The key at the first of them. */
  readonly key: string;
  readonly node: SchemaNode;
  readonly places: string[];
}

/** The tables: one of the experiment, then one per part that occurs at several places. */
export function experimentKeyTable(): string {
  const parts = repeatedParts(schemaNode(experimentSchema));
  const table = (rows: readonly Row[]) =>
    markdownTable(
      ["key", "takes", "default", "meaning"],
      rows.map((row) => [row.key, row.takes, row.default, row.meaning].map((cell) => cell.replaceAll("|", "\\|"))),
      4,
    );
  return [
    table(rowsOf(schemaNode(experimentSchema), "", parts)),
    ...[...parts.values()].flatMap(({ key, node, places }) => [
      `### ${key}`,
      `At ${[...new Set(places)].map((place) => `\`${place}\``).join(", ")}.`,
      table(rowsOf(node, "", parts)),
    ]),
  ].join("\n\n");
}

/** The rows of an object's keys, or of each alternative's. */
function rowsOf(node: SchemaNode, path: string, parts: ReadonlyMap<string, Part>): Row[] {
  if (node.oneOf === undefined) return keyRows(node, path, "", parts);
  const [key] = discriminator(node.oneOf);
  return node.oneOf.flatMap((option) => {
    const constant = option.properties?.[key] ?? {};
    const name = JSON.stringify(choicesOf(constant)[0]);
    return [
      { key: `\`${path}${key}: ${name}\``, takes: "", default: "", meaning: constant.description ?? "" },
      ...keyRows(option, path, ` of \`${name}\``, parts, key),
    ];
  });
}

function keyRows(
  { properties = {}, required = [] }: SchemaNode,
  path: string,
  of: string,
  parts: ReadonlyMap<string, Part>,
  skipped?: string,
): Row[] {
  return Object.entries(properties).filter(([key]) => key !== skipped).flatMap(([key, node]) => {
    const list = node.items !== undefined;
    const inner = node.items ?? node;
    const nested = inner.properties !== undefined || inner.oneOf !== undefined;
    const part = nested ? parts.get(inner.name ?? "") : undefined;
    const place = `${path}${key}${list && nested ? "[]" : ""}`;
    const row = {
      key: `\`${place}\`${of}`,
      takes: part !== undefined ? `[${part.key}](#${part.key})` : nested ? nestedText(inner, list) : takes(node),
      default: required.includes(key) ? "required" : defaultText(node),
      meaning: node.description ?? "",
    };
    return nested && part === undefined ? [row, ...rowsOf(inner, `${place}.`, parts)] : [row];
  });
}

function defaultText({ default: value, absent = "none" }: SchemaNode): string {
  return value === undefined ? absent : `\`${JSON.stringify(value)}\``;
}

function nestedText({ oneOf }: SchemaNode, list: boolean): string {
  if (list) return "a list of objects";
  return oneOf === undefined ? "an object" : `one of these, by \`${discriminator(oneOf)[0]}\``;
}

function takes(node: SchemaNode): string {
  if (node.items === undefined) return expectedText(node);
  return `${expectedText(node)}, each ${expectedText(node.items)}`;
}

/** Named parts that stand at more than one place, by name, in order of their first place. */
function repeatedParts(root: SchemaNode): Map<string, Part> {
  const found = new Map<string, Part>();
  const visit = (node: SchemaNode, path: string) => {
    if (node.items !== undefined) return visit(node.items, `${path}[]`);
    if (node.oneOf === undefined && node.properties === undefined) return;
    const place = path.replace(/^\./, "");
    if (node.name !== undefined) {
      const key = place.split(".").at(-1)!.replace("[]", "");
      const part = found.getOrInsertComputed(node.name, () => ({ key, node, places: [] }));
      // The keys of a part that is told elsewhere are told there too.
      part.places.push(place);
      if (part.places.length > 1) return;
    }
    for (const option of node.oneOf ?? [node]) {
      for (const [key, value] of Object.entries(option.properties ?? {})) visit(value, `${path}.${key}`);
    }
  };
  visit(root, "");
  return new Map([...found].filter(([, { places }]) => new Set(places).size > 1));
}
