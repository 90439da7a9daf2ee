/**
 * The program: reads the command line, runs its command, and turns failures into one line and an exit code.
 *
 * @module
 */
import { EXIT } from "../commands/command.ts";
import { places } from "../commands/places.ts";
import { readCommandLine } from "./command_line.ts";
import { splitLauncher } from "../interruption.ts";
import { exitCodeOf, printError } from "./error_output.ts";

/**
 * Runs one command line.
 *
 * @param argv e.g. `["bench", "--limit", "4"]`
 * @returns the exit code: see {@link EXIT}
 */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const request = readCommandLine(argv);
    if (!("text" in request)) return await request.command.run(request.args);
    console.log(request.text);
    return EXIT.ok;
  } catch (error) {
    printError(error, { debug: argv.includes("--debug"), program: places().program });
    return exitCodeOf(error);
  }
}

if (import.meta.main) Deno.exit(await main(splitLauncher(Deno.args).argv));
