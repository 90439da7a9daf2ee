/**
 * `power BASE [NEW]`: what a comparison could have seen, and how many problems, samples or seeds would decide it.
 *
 * @module
 */
import { EXIT } from "./command.ts";
import type { PowerArguments } from "./descriptions/results.ts";
import { type PowerReport, powerReport, powerText } from "../compare/power.ts";
import { stdoutHasColour } from "../text/table.ts";
import { readSide } from "./result_arguments.ts";

/** @returns the exit code */
export async function run({ positionals, flags }: PowerArguments): Promise<number> {
  const [base, changed] = positionals.map(readSide);
  const report: PowerReport[] = powerReport(base, changed ?? base, {
    ...(flags.detect !== undefined && { detect: flags.detect }),
    ...(flags.power !== undefined && { power: flags.power }),
  });
  console.log(
    flags.json ? JSON.stringify({ arms: report }, null, 2) : powerText(report, { colour: stdoutHasColour() }),
  );
  return EXIT.ok;
}
