/**
 * The command `schemas`: renews what follows from the schemas, which say everything once. These are JSON Schemas and
 * tables of fields for readers of files, the table of keys for writers of experiments, and types of the program.
 *
 * @module
 */
import { z } from "zod";
import { algorithmSchema } from "../../src/algorithms/registry.ts";
import { experimentSchema } from "../../src/experiment/config.ts";
import { experimentKeyTable } from "../../src/experiment/key_table.ts";
import { overridesSchema, resolvedDecodingSchema, resolvedExperimentSchema } from "../../src/experiment/resolve.ts";
import { fieldTables } from "../../src/files/field_table.ts";
import { type JsonSchema, schemaNode, schemaParts } from "../../src/files/json_schema.ts";
import { hasTypes, typeDeclaration, withTypes } from "../../src/files/type_text.ts";
import { earlierResultJsonSchema } from "../../src/result/earlier_versions.ts";
import { LEADERBOARD, leaderboardJsonSchema } from "../../src/leaderboard/schema.ts";
import { RESULT, resultJsonSchema } from "../../src/result/schema.ts";
import { claimSchema } from "../../src/summary/claims.ts";
import { replaceBetween, replaceMarked } from "../../src/text/markdown.ts";

/** A file that follows from schemas, whole or in part. */
export interface SchemaFile {
  /** Relative to the repository. */
  readonly path: string;
  /** What the file has to be; `text` is what it is. */
  readonly renewed: (text: string) => string;
}

const configurationParts = schemaParts(
  z.tuple([experimentSchema, overridesSchema, resolvedDecodingSchema, resolvedExperimentSchema, claimSchema]),
);

const README = "results/README.md";
const KEYS_PAGE = "docs/experiments.md";

/** Every such file. */
export const SCHEMA_FILES: readonly SchemaFile[] = [
  { path: "results/schema/result-v2.schema.json", renewed: () => schemaText(resultJsonSchema()) },
  { path: "results/schema/result-v1.schema.json", renewed: () => schemaText(earlierResultJsonSchema()) },
  { path: "results/schema/leaderboard-v2.schema.json", renewed: () => schemaText(leaderboardJsonSchema()) },
  {
    path: README,
    renewed: (text) => withTable(withTable(text, "result fields", RESULT), "leaderboard fields", LEADERBOARD),
  },
  { path: KEYS_PAGE, renewed: (text) => replaceMarked(text, "keys", unformatted(experimentKeyTable()), KEYS_PAGE) },
  typesFile("src/metrics/types.ts", "Counts per problem, and what follows from them", [
    ...declarations(RESULT, ["Vote", "ProblemCounts", "Estimate", "EstimatesByK", "DatasetMetrics", "Spread", "Softness"]),
  ]),
  typesFile("src/training/curve.ts", "What training leaves per step", declarations(RESULT, ["CurvePoint"])),
  typesFile("src/result/types.ts", "What a result file holds", [
    ...declarations(RESULT, ["ResultStatus", "DatasetResult"]),
    typeDeclaration("Result", { ...schemaNode(RESULT), description: "a result file, schema v2" }),
  ], [
    'import type { JsonObject, JsonValue } from "../files/json.ts";',
    'import type { DatasetMetrics, ProblemCounts, Softness } from "../metrics/types.ts";',
    'import type { CurvePoint } from "../training/curve.ts";',
  ]),
  typesFile("src/leaderboard/types.ts", "What results/leaderboard.json holds", [
    ...declarations(LEADERBOARD, [...schemaParts(LEADERBOARD).keys()]),
    typeDeclaration("Leaderboard", {
      ...schemaNode(LEADERBOARD),
      description: "the content of results/leaderboard.json",
    }),
  ]),
  {
    path: "mod.ts",
    renewed: (text) =>
      replaceBetween(
        text,
        "// Settings of each algorithm, written by `deno task schemas`.",
        "// End of written settings.",
        algorithmSettings(),
        "mod.ts",
      ),
  },
  ...sources("src").filter((path) => hasTypes(Deno.readTextFileSync(path))).map((path) => ({
    path,
    renewed: (text: string) => withTypes(text, configurationParts, path),
  })),
];

/** Exports of the settings' types, by the files that have them. */
function algorithmSettings(): string {
  const names = new Set(schemaNode(algorithmSchema).oneOf!.map(({ name }) => name));
  return sources("src/algorithms").flatMap((path) =>
    [...Deno.readTextFileSync(path).matchAll(/\bid: "(\w+)"/g)].filter(([, name]) => names.has(name))
      .map(([, name]) => `export type { ${name} } from "./${path}";`)
  ).join("\n");
}

/** Sources below a folder, in order. */
function sources(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    return isDirectory ? sources(path) : name.endsWith(".ts") ? [path] : [];
  }).sort();
}

function schemaText(schema: JsonSchema): string {
  return JSON.stringify(schema, null, 2) + "\n";
}

function withTable(text: string, marker: string, schema: z.ZodType): string {
  return replaceMarked(text, marker, `\n${fieldTables(schema)}\n`, README);
}

function unformatted(block: string): string {
  return `<!-- deno-fmt-ignore-start -->\n\n${block}\n\n<!-- deno-fmt-ignore-end -->`;
}

function declarations(schema: z.ZodType, names: readonly string[]): string[] {
  const parts = schemaParts(schema);
  return names.map((name) => typeDeclaration(name, parts.get(name)!));
}

function typesFile(
  path: string,
  what: string,
  types: readonly string[],
  imports: readonly string[] = [],
): SchemaFile {
  const header = `/**\n * ${what}. Made from the schema by \`deno task schemas\`; do not edit.\n *\n * @module\n */\n`;
  const text = header + imports.map((line) => `${line}\n`).join("") + "\n" + types.join("\n");
  return { path, renewed: () => text };
}

/** Writes the files. */
export function run(): number {
  for (const { path, renewed } of SCHEMA_FILES) {
    const text = Deno.readTextFileSync(path);
    if (renewed(text) !== text) Deno.writeTextFileSync(path, renewed(text));
  }
  return 0;
}
