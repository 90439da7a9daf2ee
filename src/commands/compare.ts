/**
 * `compare BASE NEW`: the regression check of a CI.
 *
 * @module
 */
import { EXIT } from "./command.ts";
import type { CompareArguments } from "./descriptions/results.ts";
import { compare, type Comparison, type ComparisonVerdict, DEFAULT_DETECT } from "../compare/compare.ts";
import { comparisonMarkdown, comparisonText } from "../compare/text.ts";
import { UsageError } from "../errors.ts";
import { parseMetric } from "../metrics/metric.ts";
import { stdoutHasColour } from "../text/table.ts";
import { whileReading } from "./reading.ts";
import { readSides } from "./result_arguments.ts";

const EXIT_CODES: Readonly<Record<ComparisonVerdict, number>> = {
  "ok": EXIT.ok,
  "regression": EXIT.regression,
  "not-enough-data": EXIT.notEnoughData,
};

/** @returns 0 no regression, 3 regression, 4 not enough data to tell; 1 no regression in what could be read */
export async function run({ positionals, flags }: CompareArguments): Promise<number> {
  if (flags.json && flags.markdown) throw new UsageError("Cannot print both --json and --markdown: choose one");
  return await whileReading((reading) => {
    const [base, changed] = readSides(positionals, flags, reading);
    const comparison = compare(base, changed, {
      detect: flags.detect ?? DEFAULT_DETECT,
      allow: flags.allow ?? [],
      experiments: flags.experiments,
      ...(flags.metrics !== undefined && { metrics: flags.metrics.map(parseMetric) }),
    });
    console.log(printed(comparison, flags));
    return EXIT_CODES[comparison.verdict];
  });
}

function printed(comparison: Comparison, { json, markdown }: CompareArguments["flags"]): string {
  if (json) return JSON.stringify(comparison, null, 2);
  return markdown ? comparisonMarkdown(comparison) : comparisonText(comparison, { colour: stdoutHasColour() });
}
