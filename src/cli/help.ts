/**
 * Help texts from the descriptions of commands, as wide as the terminal allows.
 *
 * @module
 */
import { wrapWidth } from "../text/width.ts";
import type { Command } from "../commands/command.ts";
import { COMMON_FLAGS, type Flag } from "../commands/flag.ts";
import type { Places } from "../commands/places.ts";
import { flagText, usage } from "./parse.ts";

/** Columns where no terminal says how many, and the bounds of what a text fills. */
const COLUMNS = 80, FEWEST_COLUMNS = 40, MOST_COLUMNS = 120;
/** Longest left column before its explanation moves to the next line, and the part of the line that it may take. */
const MOST_LEFT = 26, LEFT_SHARE = 0.4;
const INDENT = "  ";
const PROGRAM_SUMMARY = "soft-grpo-bench trains discrete GRPO and two soft-thinking GRPOs from the same model, data, " +
  "reward and seeds, and scores them with error bars.";

/** The help of one command: usage, flags with their values, examples. */
export function commandHelp(command: Command, here: Places, columns: number = terminalColumns()): string {
  const flags = Object.entries({ ...command.flags, ...COMMON_FLAGS });
  const sections = [
    paragraph(`Usage: ${usage(command, here)} [flags]`, columns),
    paragraph(command.summary, columns),
    section("Flags", flags.map(([name, flag]) => [flagText(name, flag), explanation(flag)]), columns),
  ];
  if (command.examples.length > 0) {
    sections.push(
      ["Examples:", ...command.examples.map((example) => `${INDENT}${here.program} ${example}`)].join("\n"),
    );
  }
  return sections.join("\n\n");
}

/** The help of the program: every command with its summary. */
export function programHelp(commands: readonly Command[], here: Places, columns: number = terminalColumns()): string {
  const rows = (audience: Command["audience"]) =>
    commands.filter((command) => command.audience === audience).map(({ name, summary }) => [name, summary] as const);
  return [
    paragraph(PROGRAM_SUMMARY, columns),
    `Usage: ${here.program} COMMAND [flags]`,
    section("Commands", rows("users"), columns),
    section("For those who change the program, in a checkout", rows("maintainers"), columns),
    paragraph(
      `\`${here.program} COMMAND --help\` explains a command. \`${here.program} bench\` alone trains and scores the ` +
        "embedded model on this machine, without GPU or network, in minutes.",
      columns,
    ),
    paragraph(
      "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 regression, 4 not enough data, 130 or 143 interrupted (work is saved).",
      columns,
    ),
  ].join("\n\n");
}

function terminalColumns(): number {
  if (!Deno.stdout.isTerminal()) return COLUMNS;
  return Math.min(MOST_COLUMNS, Math.max(FEWEST_COLUMNS, Deno.consoleSize().columns));
}

function explanation({ help, value = "", choices = [] }: Flag<unknown>): string {
  const missing = choices.some((choice) => !`${value} ${help}`.includes(choice));
  return missing ? `${help}; one of ${choices.join(", ")}` : help;
}

/** A titled list of two columns, the second wrapped and aligned. */
function section(title: string, rows: readonly (readonly [left: string, right: string])[], columns: number): string {
  const most = Math.min(MOST_LEFT, Math.floor(LEFT_SHARE * columns));
  const short = rows.map(([left]) => left.length).filter((length) => length <= most);
  const column = INDENT.length + Math.max(0, ...short) + 2;
  const lines = [`${title}:`];
  for (const [left, right] of rows) {
    const wrapped = wrapWidth(right, columns - column);
    const head = INDENT + left;
    if (head.length + 2 > column) lines.push(head);
    else lines.push(head.padEnd(column) + wrapped.shift());
    lines.push(...wrapped.map((line) => " ".repeat(column) + line));
  }
  return lines.join("\n");
}

function paragraph(text: string, columns: number): string {
  return wrapWidth(text, columns).join("\n");
}
