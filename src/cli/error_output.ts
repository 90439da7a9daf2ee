/**
 * Failures as the user sees them: one or two lines on stderr and an exit code; a stack only with `--debug`.
 *
 * @module
 */
import { BenchError, UsageError } from "../errors.ts";
import { EXIT } from "../commands/command.ts";
import { visibleLines } from "../text/visible.ts";
import { InterruptedError, signalExitCode } from "../interruption.ts";

/** The exit code for a failure: 2 for a wrong request, 128 and the signal for an interruption (130 for Ctrl-C), 1 for everything else. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof InterruptedError) return signalExitCode(error.signal);
  return EXIT.failed;
}

/** How a failure is shown. */
export interface ErrorOptions {
  /** With stacks. */
  readonly debug: boolean;
  /** How the user calls the program, in what a failure advises. */
  readonly program?: string;
}

/** Prints a failure on stderr. */
export function printError(error: unknown, options: ErrorOptions): void {
  console.error(errorText(error, options));
}

/**
 * The lines that a failure is shown as.
 *
 * A {@link BenchError} says by itself what to do. A denied permission is put into words; what the system refuses stands
 * as it is; anything else is a fault of the program and says so.
 */
export function errorText(error: unknown, { debug, program = "deno task" }: ErrorOptions): string {
  // A name in a message may come from a file that somebody else wrote.
  const text = visibleLines(plainText(error)).replaceAll("deno task ", `${program} `);
  if (!debug || !(error instanceof Error)) return text;
  const stacks: string[] = [];
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    stacks.push(cause.stack ?? String(cause));
  }
  return [text, ...stacks].join("\n\nCaused by: ").replace("\n\nCaused by: ", "\n\n");
}

/** A full disk, a missing file, a folder in place of a file: the system's word, with the path, says what to mend. */
function isSystemError(error: Error): boolean {
  return /^E[A-Z0-9]+$/.test(String((error as { code?: unknown }).code)) || error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.PermissionDenied;
}

function plainText(error: unknown): string {
  if (error instanceof InterruptedError) return error.message;
  if (error instanceof BenchError) return `Error: ${error.message}`;
  if (!(error instanceof Error)) return `Error: ${String(error)}`;
  if (error instanceof Deno.errors.NotCapable) {
    // Deno's own message ends in advice about `--allow-…`; here permissions belong to commands.
    const need = /^Requires (.+?) access(?: to ("[^"]*"|\S+?))?[,.]?(?:\s|$)/.exec(error.message);
    const what = need === null ? error.message : `${need[1]} access${need[2] ? ` to ${need[2]}` : ""}`;
    return `Error: No permission for ${what}: the command's permission set in deno.json leaves it out\n` +
      `Name the path on the command line (what an experiment reads with --read), or run the same words behind ` +
      `\`deno run -A src/cli/main.ts\` with all permissions.`;
  }
  if (isSystemError(error)) return `Error: ${error.message}`;
  return `Error: ${error.name}: ${error.message}\nThis is a fault of the program; --debug shows where it happened.`;
}
