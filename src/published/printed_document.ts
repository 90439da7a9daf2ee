/**
 * The document of a table that is known as printed alone, in Markdown: the cells, what they differ by, what cannot be told
 * without counts, and how the rows were evaluated.
 *
 * @module
 */
import { PUBLISHED_DATASETS } from "../datasets/registry.ts";
import { escapeMarkdown, markdownTable } from "../text/markdown.ts";
import { NOTHING, percentText, pointsText } from "../text/numbers.ts";
import { errorBounds } from "./error_bounds.ts";
import type { PrintedRow, PrintedTable } from "./printed.ts";
import { type EvaluationProtocol, protocolTable } from "./protocol.ts";
import { type ProtocolName, PROTOCOLS } from "./protocols.ts";
import { type ArmKey, armTitle } from "./table.ts";

/** What the document is about. */
export interface PrintedSubject {
  /** Heading, without `#`. */
  readonly title: string;
  readonly table: PrintedTable;
  /** The file that holds the cells. */
  readonly file: string;
  /** The arm that the paper is about, and those that its rows are compared with. */
  readonly arm: ArmKey;
  readonly references: readonly ArmKey[];
  /** Further protocols to tell of. */
  readonly protocols: readonly ProtocolName[];
  /** The command that writes the document. */
  readonly command: string;
}

/** Says of a table that it cannot be recomputed; one line. */
export const AS_PRINTED =
  "as printed: no counts per problem are published, so that neither standard errors nor Pass@k " +
  "by another rule can be computed";

/** The whole document, with a line break at its end. */
export function printedDocument(subject: PrintedSubject): string {
  const { title, table, file, arm, references, protocols, command } = subject;
  const models = [...Map.groupBy(table.rows, ({ base_model }) => base_model ?? "")];
  const named = [...new Set([...table.rows.flatMap(({ protocol }) => protocol ?? []), ...protocols])];
  return [
    `# ${title}`,
    `${escapeMarkdown(table.source)}, **${AS_PRINTED}**.` +
    (table.note === undefined ? "" : ` ${escapeMarkdown(table.note)}.`) +
    ` The cells are in \`${file}\`.\n\nMade by \`${command}\`; a test fails when it is stale.`,
    ...models.flatMap(([model, rows]) => [
      ...(model === "" ? [] : [`## ${escapeMarkdown(model)}`]),
      ...cells(table, rows, arm, references),
    ]),
    "## What these numbers do not say",
    limits(table, arm),
    "## How the rows were evaluated",
    protocolTable(Object.fromEntries(named.map((name): [string, EvaluationProtocol] => [name, PROTOCOLS[name]]))),
  ].join("\n\n") + "\n";
}

/** One table for each k: the rows of a model, then what the arm is above its references. */
function cells(
  { passAt, rows: all }: PrintedTable,
  rows: readonly PrintedRow[],
  arm: ArmKey,
  references: readonly ArmKey[],
): string[] {
  const datasets = datasetsOf(all);
  const own = rows.find(isArm(arm));
  return passAt.map((k, i) =>
    markdownTable([`Pass@${k}, as printed`, ...datasets], [
      ...rows.map((row) => [
        escapeMarkdown(armTitle(row)),
        ...datasets.map((dataset) => row.datasets[dataset]?.[i].toFixed(1) ?? NOTHING),
      ]),
      ...references.flatMap((reference) => {
        const other = rows.find(isArm(reference));
        if (own === undefined || other === undefined) return [];
        return [[
          escapeMarkdown(`${armTitle(arm)} − ${armTitle(reference)}`),
          ...datasets.map((dataset) => {
            const [a, b] = [own, other].map((row) => row.datasets[dataset]?.[i]);
            return a === undefined || b === undefined ? NOTHING : pointsText((a - b) / 100);
          }),
        ]];
      }),
    ])
  );
}

function limits(table: PrintedTable, arm: ArmKey): string {
  const lines = [
    "- Whether a difference is noise: it has no interval and no paired test, as nothing is known of single problems.",
    "- What another training run would give: no spread over seeds is printed.",
    "- Pass@k by another rule, majority votes, and how many samples were cut off at the limit.",
  ];
  const bounds = table.passAt[0] === 1 ? table.rows.filter(isArm(arm)).flatMap(boundTexts) : [];
  return [
    ...lines,
    ...(bounds.length === 0 ? [] : [
      `- How wide the errors are. The mean alone allows, in points, for new problems and on these problems alone: ${
        bounds.join("; ")
      }. Counts could only narrow that.`,
    ]),
  ].join("\n");
}

function boundTexts({ base_model, datasets, protocol }: PrintedRow): string[] {
  const samples: EvaluationProtocol["samples"] = protocol === undefined ? { unknown: "" } : PROTOCOLS[protocol].samples;
  if ("unknown" in samples) return [];
  const texts = Object.entries(datasets).flatMap(([name, [value]]) => {
    const problems = PUBLISHED_DATASETS.find((dataset) => dataset.name === name)?.rows;
    if (problems === undefined) return [];
    const { mostNew, mostSet } = errorBounds(value / 100, problems, samples.is);
    return [`${name} ${value.toFixed(1)} ± up to ${percentText(mostNew)} / ${percentText(mostSet)}`];
  });
  return texts.length === 0 ? [] : [`${base_model === undefined ? "" : `${base_model}: `}${texts.join(", ")}`];
}

/** Datasets of all rows, in the order in which they first come. */
function datasetsOf(rows: readonly PrintedRow[]): string[] {
  const longest = rows.toSorted((a, b) => Object.keys(b.datasets).length - Object.keys(a.datasets).length);
  return [...new Set(longest.flatMap(({ datasets }) => Object.keys(datasets)))];
}

function isArm({ training, decoding }: ArmKey): (row: ArmKey) => boolean {
  return (row) => row.training === training && row.decoding === decoding;
}
