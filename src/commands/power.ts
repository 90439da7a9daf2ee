/**
 * `power BASE [NEW]`: what a comparison could have seen, and how many problems, samples or seeds would decide it.
 *
 * @module
 */
import { type CommandArguments, EXIT } from "./command.ts";
import { UsageError } from "../errors.ts";
import { type PowerReport, powerReport, powerText } from "../compare/power.ts";
import { stdoutHasColour } from "../text/table.ts";
import { readSide } from "./result_arguments.ts";

/** @returns the exit code */
export async function run({ positionals, flags }: CommandArguments): Promise<number> {
  if (positionals.length < 1 || positionals.length > 2) {
    throw new UsageError(`Cannot plan from ${positionals.length} sides: expected BASE and, where there is one, NEW`);
  }
  const [base, changed] = positionals.map(readSide);
  const report: PowerReport[] = powerReport(base, changed ?? base, {
    ...(flags.detect !== undefined && { detect: Number(flags.detect) }),
    ...(flags.power !== undefined && { power: Number(flags.power) }),
  });
  console.log(
    flags.json ? JSON.stringify({ arms: report }, null, 2) : powerText(report, { colour: stdoutHasColour() }),
  );
  return EXIT.ok;
}
