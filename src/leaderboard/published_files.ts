/**
 * What the schemas of results and of the leaderboard give: JSON Schemas and tables of fields for readers of the files,
 * types for the program.
 *
 * @module
 */
import { fieldTables } from "../files/field_table.ts";
import type { JsonSchema } from "../files/json_schema.ts";
import { typeDeclaration } from "../files/type_text.ts";
import { resultJsonSchema } from "../result/schema.ts";
import { replaceMarked } from "../text/markdown.ts";
import { leaderboardJsonSchema } from "./schema.ts";

/** A file as it should be. */
export interface PublishedFile {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

/** README whose tables are renewed. */
export const FIELDS_README = "results/README.md";

/**
 * The files as the schemas give them.
 *
 * @param readme the text of {@link FIELDS_README}
 * @throws {BenchError} If the README lacks the markers of a table
 */
export function publishedFiles(readme: string): PublishedFile[] {
  const [result, leaderboard] = [resultJsonSchema(), leaderboardJsonSchema()];
  const withTables = (text: string, marker: string, schema: JsonSchema) =>
    replaceMarked(text, marker, `\n${fieldTables(schema)}\n`, FIELDS_README);
  return [
    { path: "results/schema/result-v1.schema.json", text: schemaText(result) },
    { path: "results/schema/leaderboard-v1.schema.json", text: schemaText(leaderboard) },
    {
      path: FIELDS_README,
      text: withTables(withTables(readme, "result fields", result), "leaderboard fields", leaderboard),
    },
    {
      path: "src/metrics/types.ts",
      text: typesFile("Counts per problem, and what follows from them", [
        ...declarations(result, ["Vote", "ProblemCounts", "Estimate", "EstimatesByK", "DatasetMetrics"]),
      ]),
    },
    {
      path: "src/training/curve.ts",
      text: typesFile("What training leaves per step", declarations(result, ["CurvePoint"])),
    },
    {
      path: "src/result/types.ts",
      text: typesFile("What a result file holds", [
        ...declarations(result, ["ResultStatus", "DatasetResult"]),
        typeDeclaration("Result", { ...result, description: "a result file, schema v1" }),
      ], [
        'import type { JsonObject, JsonValue } from "../files/json.ts";',
        'import type { DatasetMetrics, ProblemCounts } from "../metrics/types.ts";',
        'import type { CurvePoint } from "../training/curve.ts";',
      ]),
    },
    {
      path: "src/leaderboard/types.ts",
      text: typesFile("What results/leaderboard.json holds", [
        ...declarations(leaderboard, Object.keys(leaderboard.$defs!)),
        typeDeclaration("Leaderboard", { ...leaderboard, description: "the content of results/leaderboard.json" }),
      ]),
    },
  ];
}

function schemaText(schema: JsonSchema): string {
  return JSON.stringify(schema, null, 2) + "\n";
}

function declarations({ $defs = {} }: JsonSchema, names: readonly string[]): string[] {
  return names.map((name) => typeDeclaration(name, $defs[name]));
}

function typesFile(what: string, types: readonly string[], imports: readonly string[] = []): string {
  const header = `/**\n * ${what}. Made from the schema by \`deno task schemas\`; do not edit.\n *\n * @module\n */\n`;
  return header + imports.map((line) => `${line}\n`).join("") + "\n" + types.join("\n");
}
