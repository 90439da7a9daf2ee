/**
 * Starts a command under the least permissions that its command line needs. What cannot be read, and what is only asked
 * to be explained, is answered here, without any.
 *
 * @module
 */
import { CODE_FOLDER, places } from "../commands/places.ts";
import { readCommandLine, type Request } from "./command_line.ts";
import { exitCodeOf, printError } from "./error_output.ts";
import { permissionFlags } from "./permissions.ts";

/** Runs a command line in a child process and returns its exit code. */
export async function launch(argv: readonly string[]): Promise<number> {
  try {
    const request = readCommandLine(argv);
    if ("text" in request) {
      console.log(request.text);
      return 0;
    }
    return await run(denoArguments(request, argv));
  } catch (error) {
    printError(error, { debug: argv.includes("--debug"), program: places().program });
    return exitCodeOf(error);
  }
}

/** The words behind `deno` that run a command line. */
export function denoArguments(request: Exclude<Request, { text: string }>, argv: readonly string[]): string[] {
  const { command, args, words } = request;
  const [action, ...files] = command.deno ?? ["run", "src/cli/main.ts"];
  // The lock file and the import map of the code, whatever the folder.
  const settings = ["--quiet", "--config", `${CODE_FOLDER}/deno.json`, ...permissionFlags(command, args)];
  return [action, ...settings, ...files.map((file) => `${CODE_FOLDER}/${file}`), ...(command.deno ? words : argv)];
}

async function run(args: readonly string[]): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  // The child has the terminal: it saves and ends on Ctrl-C, and this process waits for it. Only a terminal's signal
  // reaches both.
  Deno.addSignalListener("SIGINT", () => {});
  Deno.addSignalListener("SIGTERM", () => child.kill("SIGTERM"));
  return (await child.status).code;
}

if (import.meta.main) Deno.exit(await launch(Deno.args));
