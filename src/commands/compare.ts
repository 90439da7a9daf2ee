/**
 * `compare BASE NEW`: the regression check of a CI.
 *
 * @module
 */
import { type CommandArguments, EXIT } from "./command.ts";
import { compare, type Comparison, type ComparisonVerdict, DEFAULT_DETECT } from "../compare/compare.ts";
import { PROTECTED, type Protected } from "../compare/align.ts";
import { comparisonMarkdown, comparisonText } from "../compare/text.ts";
import { nearestName, UsageError } from "../errors.ts";
import { parseMetric } from "../metrics/metric.ts";
import { stdoutHasColour } from "../text/table.ts";
import { readSide } from "./result_arguments.ts";

const EXIT_CODES: Readonly<Record<ComparisonVerdict, number>> = {
  "ok": EXIT.ok,
  "regression": EXIT.regression,
  "not-enough-data": EXIT.notEnoughData,
};

/** @returns 0 no regression, 3 regression, 4 not enough data to tell */
export async function run({ positionals, flags }: CommandArguments): Promise<number> {
  if (positionals.length !== 2) {
    throw new UsageError(`Cannot compare ${positionals.length} sides: expected BASE and NEW, result files or folders`);
  }
  if (flags.json && flags.markdown) throw new UsageError("Cannot print both --json and --markdown: choose one");
  const [base, changed] = positionals.map(readSide);
  const comparison = compare(base, changed, {
    detect: Number(flags.detect ?? DEFAULT_DETECT),
    allow: allowed([flags.allow ?? []].flat()),
    ...(flags.metrics !== undefined && { metrics: [flags.metrics].flat().map((name) => parseMetric(String(name))) }),
  });
  console.log(printed(comparison, flags));
  return EXIT_CODES[comparison.verdict];
}

function printed(comparison: Comparison, { json, markdown }: CommandArguments["flags"]): string {
  if (json) return JSON.stringify(comparison, null, 2);
  return markdown ? comparisonMarkdown(comparison) : comparisonText(comparison, { colour: stdoutHasColour() });
}

function allowed(names: readonly unknown[]): Protected[] {
  return names.map((name) => {
    const known = PROTECTED.find((candidate) => candidate === name);
    if (known !== undefined) return known;
    const near = nearestName(String(name), PROTECTED);
    throw new UsageError(
      `Cannot allow ${JSON.stringify(name)} to differ: expected ${near ? JSON.stringify(near) : PROTECTED.join(", ")}`,
    );
  });
}
