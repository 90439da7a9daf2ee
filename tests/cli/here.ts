/**
 * Command lines as tests read them, and where they were typed.
 *
 * @module
 */
import { readCommandLine } from "../../src/cli/command_line.ts";
import type { Places } from "../../src/commands/places.ts";

/** A task, typed in the code's folder. */
export const HERE: Places = { working: "/code", typed: "/code", program: "deno task" };
/** A task, typed in a folder below. */
export const BELOW: Places = { working: "/code", typed: "/code/results/v1", program: "deno task" };

/** The command that a command line asks for. */
export function requestOf(argv: readonly string[], here: Places = HERE) {
  const request = readCommandLine(argv, here);
  if ("command" in request) return request;
  throw new Error(`${argv.join(" ")} asks for a text alone`);
}
