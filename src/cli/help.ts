/**
 * Help texts from the command table: what `--help` prints, at most {@link HELP_WIDTH} columns wide.
 *
 * @module
 */
import { wrapWidth } from "../text/width.ts";
import type { Command, Flag } from "../commands/command.ts";
import { COMMON_FLAGS, placeholder } from "./parse.ts";

/** Columns that help texts fill. */
export const HELP_WIDTH = 100;

/** Longest left column before its explanation moves to the next line. */
const MOST_LEFT = 28;
const INDENT = "  ";
const PROGRAM_SUMMARY = "soft-grpo-bench trains discrete GRPO and two soft-thinking GRPOs from the same model, data, " +
  "reward and seeds, and scores them with error bars.";

/** The help of one command: usage, flags with their values, examples. */
export function commandHelp(command: Command): string {
  const usage = ["deno task", command.name, command.positionals, "[flags]"].filter(Boolean).join(" ");
  const sections = [
    `Usage: ${usage}`,
    paragraph(sentence(command.summary)),
    section("Flags", [...command.flags, ...COMMON_FLAGS].map((flag) => [flagColumn(flag), flagText(flag)])),
  ];
  if (command.examples.length > 0) {
    sections.push(["Examples:", ...command.examples.map((example) => `${INDENT}deno task ${example}`)].join("\n"));
  }
  return sections.join("\n\n");
}

/** The help of the program: every command with its summary. */
export function programHelp(commands: readonly Command[]): string {
  return [
    paragraph(PROGRAM_SUMMARY),
    "Usage: deno task COMMAND [flags]",
    section("Commands", commands.map((command) => [command.name, sentence(command.summary)])),
    paragraph(
      "`deno task COMMAND --help` explains a command. `deno task bench` alone trains and scores the embedded model " +
        "on this machine, without GPU or network, in minutes.",
    ),
    paragraph(
      "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 regression, 4 not enough data, 130 interrupted (work is saved).",
    ),
  ].join("\n\n");
}

function flagColumn(flag: Flag): string {
  const value = placeholder(flag);
  return `--${flag.name} ${flag.implied === undefined ? value : `[${value}]`}`.trimEnd();
}

function flagText(flag: Flag): string {
  const text = sentence(flag.help);
  const missing = (flag.choices ?? []).some((choice) => !`${flag.value ?? ""} ${text}`.includes(choice));
  return missing ? `${text}; one of ${flag.choices!.join(", ")}` : text;
}

function sentence(text: string): string {
  // A name in code, such as `cpu-engine`, keeps its case.
  return /^[a-z]+[\s,;:(]/.test(text) ? text[0].toUpperCase() + text.slice(1) : text;
}

/** A titled list of two columns, the second wrapped and aligned. */
function section(title: string, rows: readonly (readonly [left: string, right: string])[]): string {
  const short = rows.map(([left]) => left.length).filter((length) => length <= MOST_LEFT);
  const column = INDENT.length + Math.max(0, ...short) + 2;
  const lines = [`${title}:`];
  for (const [left, right] of rows) {
    const wrapped = wrapWidth(right, HELP_WIDTH - column);
    const head = INDENT + left;
    if (head.length + 2 > column) lines.push(head);
    else lines.push(head.padEnd(column) + wrapped.shift());
    lines.push(...wrapped.map((line) => " ".repeat(column) + line));
  }
  return lines.join("\n");
}

function paragraph(text: string): string {
  return wrapWidth(text, HELP_WIDTH).join("\n");
}
