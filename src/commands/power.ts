/**
 * `power BASE [NEW]`: what a comparison could have seen, and how many problems, samples or seeds would decide it.
 *
 * @module
 */
import { EXIT } from "./command.ts";
import type { PowerArguments } from "./descriptions/results.ts";
import { pairArms } from "../compare/align.ts";
import { type PowerReport, powerReport, powerText } from "../compare/power.ts";
import { parseMetric } from "../metrics/metric.ts";
import { stdoutHasColour } from "../text/table.ts";
import { whileReading } from "./reading.ts";
import { readSides } from "./result_arguments.ts";

/** @returns the exit code */
export async function run({ positionals, flags }: PowerArguments): Promise<number> {
  return await whileReading((reading) => {
    const [base, changed] = readSides(positionals, flags, reading);
    for (const note of pairArms(base, changed ?? base, flags).notes) console.error(note);
    const report: PowerReport[] = powerReport(base, changed ?? base, {
      experiments: flags.experiments,
      ...(flags.detect !== undefined && { detect: flags.detect }),
      ...(flags.power !== undefined && { power: flags.power }),
      ...(flags.metrics !== undefined && { metrics: flags.metrics.map(parseMetric) }),
    });
    console.log(
      flags.json ? JSON.stringify({ arms: report }, null, 2) : powerText(report, { colour: stdoutHasColour() }),
    );
    return EXIT.ok;
  });
}
