/**
 * How a paper made its numbers: decoding, limits, samples, the rule that makes Pass@k of them, seeds. Numbers of two
 * protocols are not comparable, whatever their tables are called.
 *
 * @module
 */
import type { DecodingConfig } from "../experiment/config.ts";
import { decodingText } from "../experiment/decoding_text.ts";
import type { PassEstimatorName } from "../metrics/pass_estimator_name.ts";
import { PASS_ESTIMATORS } from "../metrics/pass_estimators.ts";
import { escapeMarkdown, markdownTable } from "../text/markdown.ts";
import { countText } from "../text/numbers.ts";

/** Something that is said of a protocol, and where. */
export interface Said<T> {
  /** What is said. */
  readonly is: T;
  /** Where. */
  readonly source: string;
}

/** The same, or why it is not known. */
export type ProtocolFact<T> = Said<T> | { readonly unknown: string };

/** What was done to make a row of a table. */
export interface EvaluationProtocol {
  /** Authors and work. */
  readonly paper: string;
  /** Whose rows it made. */
  readonly rows: string;
  /** How the model thinks and answers, as an experiment of this project says it, early stopping included. */
  readonly decoding: Said<DecodingConfig>;
  /** Longest completion in tokens, thoughts and answer together. */
  readonly maxNewTokens: ProtocolFact<number>;
  /** Samples a problem. */
  readonly samples: ProtocolFact<number>;
  /** The rule of Pass@1. */
  readonly passAtOne: ProtocolFact<PassEstimatorName>;
  /** The rule of Pass@k for k above 1. */
  readonly passAtMore: ProtocolFact<PassEstimatorName>;
  /** Seeds under which the samples were drawn. */
  readonly samplingSeeds: ProtocolFact<string>;
  /** Training runs behind a row. */
  readonly trainedSeeds: ProtocolFact<number>;
  /** Who says what is right. */
  readonly grader: ProtocolFact<string>;
  /** What else the released code does, as the end of a sentence about the protocol. */
  readonly released?: string;
}

/** The facts of a protocol by their names in tables, as text. */
export function protocolFacts(protocol: EvaluationProtocol): [name: string, fact: ProtocolFact<string>][] {
  return [
    ["decoding", told(protocol.decoding, decodingText)],
    ["early stopping", told(protocol.decoding, earlyStoppingText)],
    ["longest completion", told(protocol.maxNewTokens, (tokens) => countText(tokens, "token"))],
    ["samples a problem", told(protocol.samples, String)],
    ["Pass@1", told(protocol.passAtOne, (name) => `\`${name}\``)],
    ["Pass@k above 1", told(protocol.passAtMore, (name) => `\`${name}\``)],
    ["seeds of the samples", told(protocol.samplingSeeds, (seeds) => seeds)],
    ["training runs a row", told(protocol.trainedSeeds, String)],
    ["grader", told(protocol.grader, (grader) => grader)],
  ];
}

/** What is known of a protocol, in one line. */
export function protocolText(protocol: EvaluationProtocol): string {
  const { decoding, maxNewTokens, samples, passAtOne, passAtMore } = protocol;
  const known = <T>(fact: ProtocolFact<T>, text: (is: T) => string): string[] => "is" in fact ? [text(fact.is)] : [];
  return [
    decodingText(decoding.is),
    decoding.is.thinking?.coldStop === undefined ? "no early stopping" : earlyStoppingText(decoding.is),
    ...known(maxNewTokens, (tokens) => `at most ${countText(tokens, "token")}`),
    ...known(samples, (count) => countText(count, "sample")),
    ...known(passAtOne, (name) => `Pass@1 ${name}`),
    ...known(passAtMore, (name) => `Pass@k ${name}`),
  ].join("; ");
}

/** Protocols side by side, with the source of each fact below: Markdown without a line break at its end. */
export function protocolTable(protocols: Readonly<Record<string, EvaluationProtocol>>): string {
  const columns = Object.entries(protocols).map(([name, protocol]) => ({
    name,
    protocol,
    facts: new Map(protocolFacts(protocol)),
  }));
  const rows = [...columns[0].facts.keys()];
  const cell = (fact: ProtocolFact<string>) => "is" in fact ? fact.is : "not known";
  return [
    markdownTable(
      ["", ...columns.map(({ name }) => `\`${name}\``)],
      [
        ["rows", ...columns.map(({ protocol }) => protocol.rows)],
        ...rows.map((row) => [row, ...columns.map(({ facts }) => escapeTicked(cell(facts.get(row)!)))]),
      ],
      Infinity,
    ),
    "Where it is said:",
    [
      ...sourceLines(columns),
      ...columns.flatMap(({ name, protocol: { released } }) =>
        released === undefined ? [] : [`- \`${name}\`, ${escapeTicked(released)}.`]
      ),
    ].join("\n"),
  ].join("\n\n");
}

interface FactColumn {
  readonly name: string;
  readonly facts: ReadonlyMap<string, ProtocolFact<string>>;
}

/** One line for each source: what it says, and of which protocols where it is not of all. */
function sourceLines(columns: readonly FactColumn[]): string[] {
  const said = [...columns[0].facts.keys()].flatMap((fact) => {
    const bySource = Map.groupBy(columns, ({ facts }) => sourceText(facts.get(fact)!));
    return [...bySource].map(([source, own]) => ({ fact, source, names: own.map(({ name }) => name) }));
  });
  return [...Map.groupBy(said, ({ source, names }) => JSON.stringify([source, names])).values()].map((own) => {
    const [{ source, names }] = own;
    const of = names.length === columns.length ? "" : ` (${names.map((name) => `\`${name}\``).join(", ")})`;
    return `- ${own.map(({ fact }) => fact).join(", ")}${of}: ${escapeTicked(source)}.`;
  });
}

function sourceText(fact: ProtocolFact<string>): string {
  return "is" in fact ? fact.source : `not known, ${fact.unknown}`;
}

/** The rules of Pass@k by name: Markdown without a line break at its end. */
export function estimatorTable(): string {
  return markdownTable(
    ["rule", "Pass@k is", "needs", "stated by"],
    Object.entries(PASS_ESTIMATORS).map((
      [name, { summary, needs, source }],
    ) => [`\`${name}\``, escapeMarkdown(summary), needs, escapeMarkdown(source)]),
    Infinity,
  );
}

function told<T>(fact: ProtocolFact<T>, text: (is: T) => string): ProtocolFact<string> {
  return "is" in fact ? { is: text(fact.is), source: fact.source } : fact;
}

function earlyStoppingText({ thinking }: DecodingConfig): string {
  const rule = thinking?.coldStop;
  return rule === undefined
    ? "none"
    : `thinking ends after ${rule.positions} positions with an entropy below ${rule.entropyBelow} nats`;
}

/** Escaped, but for what stands between backticks. */
function escapeTicked(text: string): string {
  return text.split("`").map((part, i) => i % 2 === 0 ? escapeMarkdown(part) : `\`${part}\``).join("");
}
