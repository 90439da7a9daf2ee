/**
 * Command line to {@link CommandArguments}: every flag, value and positional is checked against the command's table, so
 * that no command runs on a request it would misread.
 *
 * Written out instead of using `@std/cli/parse-args`, which cannot tell a missing value from a negative number.
 *
 * @module
 */
import { nearestName, UsageError } from "../errors.ts";
import type { Command, CommandArguments, Flag } from "../commands/command.ts";

/** Flags that every command has, beside its own. */
export const COMMON_FLAGS: readonly Flag[] = [
  { name: "quiet", kind: "boolean", help: "No progress on stderr" },
  { name: "debug", kind: "boolean", help: "Show the stack of an error" },
  { name: "help", kind: "boolean", help: "Show this help" },
];

/** One word of a command's usage line, e.g. `FILE…`, `[experiment]`, `[list|fetch]`. */
interface Positional {
  readonly word: string;
  readonly optional: boolean;
  readonly repeats: boolean;
  readonly choices?: readonly string[];
}

/**
 * Checks `argv` against what the command takes.
 *
 * `--flag value` and `--flag=value` are the same; a boolean is `--flag`, `--no-flag` or `--flag=false`; a list is
 * separated by commas and may be given several times; of a repeated single value the last counts; `--` ends the flags.
 *
 * @throws {UsageError} on an unknown flag, a missing, malformed or disallowed value, too few or too many positionals
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import type { Command } from "../commands/command.ts";
 * const command: Command = {
 *   name: "score",
 *   summary: "Recompute metrics",
 *   positionals: "FILE…",
 *   flags: [{ name: "max-rows", kind: "number", help: "Rows to show" }],
 *   examples: [],
 *   run: () => Promise.resolve(0),
 * };
 * assertEquals(parseArguments(command, ["a.json", "--max-rows", "5"]), { positionals: ["a.json"], flags: { maxRows: 5 } });
 * ```
 */
export function parseArguments(command: Command, argv: readonly string[]): CommandArguments {
  const known = new Map([...command.flags, ...COMMON_FLAGS].map((flag) => [flag.name, flag]));
  const positionals: string[] = [];
  const flags: Record<string, CommandArguments["flags"][string]> = {};

  for (let i = 0; i < argv.length; i++) {
    const word = argv[i];
    if (word === "--") {
      positionals.push(...argv.slice(i + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      positionals.push(word);
      continue;
    }
    const equals = word.indexOf("=");
    const dashed = equals < 0 ? word : word.slice(0, equals);
    const inline = equals < 0 ? undefined : word.slice(equals + 1);
    const { flag, negated } = lookUp(command, known, dashed);
    const key = camelCase(flag.name);
    if (flag.kind === "boolean") {
      flags[key] = booleanValue(flag, inline) !== negated;
      continue;
    }
    const text = inline ?? argv[i + 1];
    if (flag.implied !== undefined && inline === undefined && !flag.choices?.includes(text)) {
      flags[key] = flag.implied;
      continue;
    }
    if (text === undefined || text === "" || (inline === undefined && looksLikeFlag(text))) {
      throw new UsageError(`--${flag.name} has no value: expected --${flag.name} ${placeholder(flag)}`);
    }
    if (inline === undefined) i++;
    if (flag.kind === "number") flags[key] = numberValue(flag, text);
    else if (flag.kind === "string") flags[key] = choice(flag, text);
    else flags[key] = [...(flags[key] as readonly string[] | undefined ?? []), ...listValue(flag, text)];
  }
  checkPositionals(command, positionals);
  return { positionals, flags };
}

/** `max-rows` to `maxRows`. */
export function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** What stands for a flag's value in help and errors: `N`, `DIR`, or `VALUE`. */
export function placeholder(flag: Flag): string {
  return flag.value ?? { number: "N", list: "A,B", string: "VALUE", boolean: "" }[flag.kind];
}

function lookUp(command: Command, known: Map<string, Flag>, dashed: string): { flag: Flag; negated: boolean } {
  if (dashed.startsWith("--")) {
    const name = dashed.slice(2);
    const flag = known.get(name);
    if (flag !== undefined) return { flag, negated: false };
    const positive = name.startsWith("no-") ? known.get(name.slice(3)) : undefined;
    if (positive?.kind === "boolean") return { flag: positive, negated: true };
  }
  const wrong = dashed.replace(/^-+/, "");
  const kebab = camelCaseToKebab(wrong);
  const near = nearestName(kebab, known.keys()) ?? nearestName(kebab.replace(/^no-/, ""), known.keys());
  const advice = near === undefined ? "" : `did you mean --${near}? `;
  throw new UsageError(
    `Unknown flag ${dashed} of ${command.name}: ${advice}\`deno task ${command.name} --help\` lists the flags`,
  );
}

function camelCaseToKebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll("_", "-");
}

/** A flag and not a negative number or `-` (standard input). */
function looksLikeFlag(text: string): boolean {
  return /^-[^\d.]/.test(text) && Number.isNaN(Number(text));
}

function booleanValue(flag: Flag, inline: string | undefined): boolean {
  if (inline === undefined || inline === "true") return true;
  if (inline === "false") return false;
  throw new UsageError(`--${flag.name}=${inline} is neither true nor false`);
}

function numberValue(flag: Flag, text: string): number {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  const { minimum = -Infinity, maximum = Infinity } = flag;
  const inside = minimum <= value && value <= maximum;
  if (Number.isFinite(value) && inside && (!flag.integer || Number.isSafeInteger(value))) return value;
  const range = (minimum > -Infinity ? ` >= ${minimum}` : "") + (maximum < Infinity ? ` and <= ${maximum}` : "");
  const expected = `a ${flag.integer ? "whole " : ""}number${range}`;
  throw new UsageError(`--${flag.name} ${text}: expected ${expected}`);
}

function listValue(flag: Flag, text: string): readonly string[] {
  return text.split(",").map((item) => {
    const trimmed = item.trim();
    if (trimmed === "") throw new UsageError(`--${flag.name} ${text}: an item of the list is empty`);
    return choice(flag, trimmed);
  });
}

function choice(flag: Flag, text: string): string {
  if (flag.choices === undefined || flag.choices.includes(text)) return text;
  const near = nearestName(text, flag.choices);
  const advice = near === undefined ? "" : `; did you mean ${near}?`;
  throw new UsageError(`--${flag.name} ${text}: expected one of ${flag.choices.join(", ")}${advice}`);
}

function checkPositionals(command: Command, given: readonly string[]): void {
  const expected = (command.positionals ?? "").split(/\s+/).filter((word) => word !== "").map(readPositional);
  const usage = `deno task ${[command.name, command.positionals].filter(Boolean).join(" ")}`;
  const required = expected.filter((positional) => !positional.optional).length;
  if (given.length < required) {
    const missing = expected.filter((positional) => !positional.optional)[given.length];
    throw new UsageError(`${missing.word} is missing: expected \`${usage}\``);
  }
  if (given.length > expected.length && !expected.at(-1)?.repeats) {
    throw new UsageError(`Unexpected argument ${given[expected.length]}: expected \`${usage}\``);
  }
  expected.forEach(({ word, choices }, i) => {
    if (i >= given.length || choices === undefined || choices.includes(given[i])) return;
    const near = nearestName(given[i], choices);
    const advice = near === undefined ? "" : `; did you mean ${near}?`;
    throw new UsageError(`${given[i]} is not one of ${word}${advice}`);
  });
}

function readPositional(text: string): Positional {
  const optional = text.startsWith("[");
  const bare = optional ? text.slice(1, -1) : text;
  const repeats = bare.endsWith("…");
  const word = repeats ? bare.slice(0, -1) : bare;
  return { word, optional, repeats, ...(word.includes("|") ? { choices: word.split("|") } : {}) };
}
