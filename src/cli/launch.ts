/**
 * Starts a command under the least permissions that its command line needs. What cannot be read, and what is only asked
 * to be explained, is answered here, without any.
 *
 * @module
 */
import { tokenFile } from "../cluster/ray_token.ts";
import { allowedVariable } from "../commands/allowed_variable.ts";
import { mirrorOfEnvironment } from "../commands/mirror.ts";
import { CODE_FOLDER, places } from "../commands/places.ts";
import { readCommandLine, type Request } from "./command_line.ts";
import { exitCodeOf, printError } from "./error_output.ts";
import { launcherWord, PARENT_CHECK_MS, STOP_SIGNALS, type StopSignal } from "../interruption.ts";
import { commandPermissions, type Surroundings } from "./permissions.ts";

/** Runs a command line in a child process and returns its exit code. */
export async function launch(argv: readonly string[]): Promise<number> {
  try {
    const request = readCommandLine(argv);
    if ("text" in request) {
      console.log(request.text);
      return 0;
    }
    const signals = await forwardedSignals();
    return await run(denoArguments(request, argv, signals), signals);
  } catch (error) {
    printError(error, { debug: argv.includes("--debug"), program: places().program });
    return exitCodeOf(error);
  }
}

function surroundings(): Surroundings {
  const mirror = mirrorOfEnvironment();
  const token = tokenFile(allowedVariable);
  return {
    places: places(),
    ...(mirror !== undefined && { mirror }),
    ...(token !== undefined && { tokenFile: token }),
  };
}

/** The words behind `deno` that run a command line. */
export function denoArguments(
  request: Exclude<Request, { text: string }>,
  argv: readonly string[],
  signals: readonly StopSignal[],
): string[] {
  const { command, args, words } = request;
  const [action, ...files] = command.deno ?? ["run", "src/cli/main.ts"];
  // The lock file and the import map of the code, whatever the folder.
  const settings = [
    "--quiet",
    "--config",
    `${CODE_FOLDER}/deno.json`,
    ...commandPermissions(command, args, surroundings()),
  ];
  return [
    action,
    ...settings,
    ...files.map((file) => `${CODE_FOLDER}/${file}`),
    ...(command.deno ? words : [launcherWord({ pid: Deno.pid, signals }), ...argv]),
  ];
}

async function run(args: readonly string[], signals: readonly StopSignal[]): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  // The child saves and ends, and this process waits for it. A terminal's Ctrl-C reaches both, which the child takes for
  // one; timeouts, containers and batch systems signal this process alone.
  for (const signal of signals) Deno.addSignalListener(signal, () => forward(child, signal));
  const parent = Deno.ppid;
  // Who was asked to run this may have been killed; nobody could stop the child any more.
  const check = setInterval(() => {
    if (Deno.ppid !== parent) forward(child, "SIGTERM");
  }, PARENT_CHECK_MS);
  const { code } = await child.status;
  clearInterval(check);
  return code;
}

/** What is passed on: not SIGHUP where this process was started to survive its terminal, as by `nohup`. */
async function forwardedSignals(): Promise<readonly StopSignal[]> {
  if (Deno.build.os === "windows") return ["SIGINT"];
  const ignored = await ignoresHangup();
  return STOP_SIGNALS.filter((signal) => signal !== "SIGHUP" || !ignored);
}

/** Whether SIGHUP is ignored, which a listener would undo. Only Linux tells; elsewhere a terminal is a sign against it. */
async function ignoresHangup(): Promise<boolean> {
  if (Deno.build.os !== "linux") return !Deno.stdin.isTerminal();
  const [, mask = "0"] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(await ownStatus()) ?? [];
  // The lowest bit is signal 1.
  return (BigInt(`0x${mask}`) & 1n) === 1n;
}

/** What the system tells of this process; Deno itself may not read it without all permissions. */
async function ownStatus(): Promise<string> {
  try {
    const { stdout } = await new Deno.Command("cat", { args: [`/proc/${Deno.pid}/status`], stderr: "null" }).output();
    return new TextDecoder().decode(stdout);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

function forward(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch (error) {
    // It has ended in the meantime.
    if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
  }
}

if (import.meta.main) Deno.exit(await launch(Deno.args));
