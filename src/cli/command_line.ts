/**
 * One command line: a text to print, or a command with its arguments. The launcher and the program both read it here.
 *
 * @module
 */
import { parseArgs } from "npm:deno-std@1.4.0/cli/parse_args.js";
import denoConfig from "../../deno.json" with { type: "json" };
import type { Command, CommandArguments } from "../commands/command.ts";
import { type Places, places } from "../commands/places.ts";
import { nearestName, UsageError } from "../errors.ts";
import { commandHelp, programHelp } from "./help.ts";
import { parseArguments } from "./parse.ts";
import { COMMANDS } from "./table.ts";

/** What a command line asks for. */
export type Request =
  | { readonly text: string }
  | { readonly command: Command; readonly args: CommandArguments; readonly words: readonly string[] };

/**
 * Reads a command line.
 *
 * @param argv e.g. `["bench", "--limit", "4"]`
 * @throws {UsageError} If it does not say what to do
 */
export function readCommandLine(argv: readonly string[], here: Places = places()): Request {
  const { help, version, words: [name, ...behind], ahead } = splitCommand(argv, here);
  if (version) return { text: `soft-grpo-bench ${denoConfig.version} (deno ${Deno.version.deno})` };
  if (help || name === undefined) return { text: programHelp(COMMANDS, here) };
  if (name === "help") return { text: behind.length > 0 ? helpOf(behind[0], here) : programHelp(COMMANDS, here) };
  const end = behind.indexOf("--");
  const asksForHelp = behind.some((word, i) => (word === "--help" || word === "-h") && (end < 0 || i < end));
  if (asksForHelp) return { text: helpOf(name, here) };
  const command = commandNamed(name, here);
  const words = [...ahead, ...behind];
  return { command, args: parseArguments(command, words, here), words };
}

/** A command line, cut in front of the command's name. */
interface Split {
  readonly help: boolean;
  readonly version: boolean;
  /** Flags of every command that stood ahead. */
  readonly ahead: readonly string[];
  readonly words: readonly string[];
}

/** The program's own flags, which stand before the command's name, and the words from there on. */
function splitCommand(argv: readonly string[], { program }: Places): Split {
  const unknown = (word: string) => {
    if (!word.startsWith("-")) return true;
    throw new UsageError(`Unknown flag ${word}: flags stand behind the command, as in \`${program} bench --limit 4\``);
  };
  const { help, version, quiet, debug, _, "--": literal } = parseArgs([...argv], {
    boolean: ["help", "version", "quiet", "debug"],
    alias: { h: "help" },
    stopEarly: true,
    "--": true,
    unknown,
  });
  const ahead = [...(quiet ? ["--quiet"] : []), ...(debug ? ["--debug"] : [])];
  return { help, version, words: [..._.map(String), ...(argv.includes("--") ? ["--", ...literal] : [])], ahead };
}

function helpOf(name: string, here: Places): string {
  return commandHelp(commandNamed(name, here), here);
}

function commandNamed(name: string, { program }: Places): Command {
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const near = nearestName(name, COMMANDS.map((candidate) => candidate.name));
  throw new UsageError(
    `Cannot run ${JSON.stringify(name)}: no such command; ` +
      (near ? `did you mean ${JSON.stringify(near)}?` : `\`${program} help\` lists them`),
  );
}
