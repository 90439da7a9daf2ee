/**
 * The program: finds the command, parses its flags, runs it, and turns failures into one line and an exit code.
 *
 * @module
 */
import { EXIT } from "../commands/command.ts";
import { exitCodeOf, printError } from "./error_output.ts";
import { commandHelp, programHelp } from "./help.ts";
import { parseArguments } from "./parse.ts";
import { COMMANDS } from "./table.ts";
import { nearestName, UsageError } from "../errors.ts";

/**
 * Runs one command line.
 *
 * @param argv e.g. `["bench", "--limit", "4"]`
 * @returns the exit code: see {@link EXIT}
 */
export async function main(argv: readonly string[]): Promise<number> {
  const debug = argv.includes("--debug");
  try {
    return await dispatch(argv.filter((word) => word !== "--debug"));
  } catch (error) {
    printError(error, { debug });
    return exitCodeOf(error);
  }
}

async function dispatch([name, ...rest]: readonly string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    console.log(programHelp(COMMANDS));
    return EXIT.ok;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) {
    const near = nearestName(name, COMMANDS.map((candidate) => candidate.name));
    throw new UsageError(
      `Cannot run ${JSON.stringify(name)}: no such command` +
        (near ? `; did you mean ${JSON.stringify(near)}?` : `; see --help`),
    );
  }
  if (rest.includes("--help") || rest.includes("-h")) {
    console.log(commandHelp(command));
    return EXIT.ok;
  }
  return await command.run(parseArguments(command, [...rest]));
}

if (import.meta.main) Deno.exit(await main(Deno.args));
