/**
 * Command line to a command and its {@link CommandArguments}: every flag, value and positional is checked against the
 * command's description, so that no command runs, and no permission is given, on a request that would be misread.
 *
 * commander splits the words behind a command's name: `@std/cli`'s parseArgs, which finds that name, cannot tell a missing
 * value from a negative number and takes unknown flags without a word. What a value must be, and how an error reads, stands
 * here and in the flags.
 *
 * @module
 */
import { Command as Parser, CommanderError, Option } from "npm:commander@14.0.3";
import { nearestName, UsageError } from "../errors.ts";
import type { Command, CommandArguments, Positional } from "../commands/command.ts";
import { choice, COMMON_FLAGS, type Flag, kebabCase, type Place } from "../commands/flag.ts";
import { fromWorkingFolder, type Places } from "../commands/places.ts";

/**
 * Checks the words behind a command's name against what the command takes.
 *
 * `--flag value` and `--flag=value` are the same; a boolean is `--flag`, `--no-flag` or `--flag=false`; a list is
 * separated by commas and may be given several times; of a repeated single value the last counts; `--` ends the flags.
 *
 * @throws {UsageError} on an unknown flag, a missing, malformed or disallowed value, too few or too many positionals
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { compare } from "../commands/descriptions/results.ts";
 * const places = { working: "/home", typed: "/home", program: "soft-grpo-bench" } as const;
 * assertEquals(parseArguments(compare, ["a.json", "b.json", "--detect", "2"], places), {
 *   positionals: ["a.json", "b.json"],
 *   flags: { detect: 2 },
 * });
 * ```
 */
export function parseArguments(command: Command, words: readonly string[], places: Places): CommandArguments {
  const flags = { ...command.flags, ...COMMON_FLAGS };
  const parser = new Parser().exitOverride().configureOutput({ writeErr: () => {} });
  for (const [name, flag] of Object.entries(flags)) {
    for (const option of optionsOf(name, flag, places)) parser.addOption(option);
  }
  let split: { operands: string[]; unknown: string[] };
  try {
    split = parser.parseOptions(joinedWords(plainBooleans(words, flags), flags));
  } catch (error) {
    throw missingValue(error, flags) ?? error;
  }
  if (split.unknown.length > 0) throw unknownFlag(split.unknown[0].replace(/=.*/s, ""), command, places);
  const values = parser.opts();
  refuseSpreadValues(split.operands, flags, values);
  return { positionals: readPositionals(command, split.operands, places, flags, values), flags: values };
}

/** A command's call with its positionals, e.g. `deno task compare BASE NEW`. */
export function usage(command: Command, { program }: Places): string {
  return [program, command.name, ...command.positionals.map(positionalText)].join(" ");
}

/** `FILE…`, `[EXPERIMENT]`. */
function positionalText({ name, optional, repeats }: Positional): string {
  const word = repeats ? `${name}…` : name;
  return optional ? `[${word}]` : word;
}

/** `--name VALUE`, as help and errors show it. */
export function flagText(name: string, { value }: Flag<unknown>): string {
  const shown = value === undefined ? "" : ` ${value}`;
  return `--${kebabCase(name)}${shown}`;
}

function optionsOf(name: string, flag: Flag<unknown>, places: Places): Option[] {
  const dashed = `--${kebabCase(name)}`;
  if (flag.value === undefined) return [new Option(dashed), new Option(`--no-${kebabCase(name)}`)];
  const option = new Option(`${dashed} <value>`);
  return [option.argParser((text: string, previous: unknown) => readFlag(name, flag, text, previous, places))];
}

function readFlag(name: string, flag: Flag<unknown>, text: string, previous: unknown, places: Places): unknown {
  // commander takes the next word, whatever it is.
  if (text === "" || text.startsWith("--")) throw noValue(name, flag);
  const items = flag.list ? text.split(",").map((item) => item.trim()) : [text];
  if (items.includes("")) throw new UsageError(`--${kebabCase(name)} ${text}: an item of the list is empty`);
  const placed = flag.place === undefined ? items : items.map((item) => typedPath(item, flag.place!, places));
  try {
    const value = flag.read(...placed);
    return flag.list ? [...(previous as unknown[] | undefined ?? []), ...(value as unknown[])] : value;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`--${kebabCase(name)} ${text}: ${error.message}`);
  }
}

/** A path from the folder where the program runs; what is no path as it is. */
function typedPath(text: string, { isPath = () => true }: Place, places: Places): string {
  const path = fromWorkingFolder(text, places);
  if (!isPath(text, path)) return text;
  // Without its folder a name could read as something else.
  return isPath(path, path) ? path : `./${path}`;
}

/** `--flag=true` and `--flag=false`, which commander does not know, as `--flag` and `--no-flag`. */
function plainBooleans(words: readonly string[], flags: Readonly<Record<string, Flag<unknown>>>): string[] {
  const booleans = new Set(Object.entries(flags).filter(([, { value }]) => value === undefined).map(([name]) => name));
  const end = words.indexOf("--");
  return words.map((word, i) => {
    const [, dashed, value] = /^--([a-z-]+)=(.*)$/s.exec(word) ?? [];
    if (dashed === undefined || (end >= 0 && i > end)) return word;
    if (![...booleans].some((name) => kebabCase(name) === dashed)) return word;
    if (value === "true") return `--${dashed}`;
    if (value === "false") return `--no-${dashed}`;
    throw new UsageError(`--${dashed}=${value} is neither true nor false`);
  });
}

/** `--flag a b`, of a flag that takes two words, as `--flag a,b`. */
function joinedWords(words: readonly string[], flags: Readonly<Record<string, Flag<unknown>>>): string[] {
  const counts = new Map(Object.entries(flags).map(([name, { words = 1 }]) => [`--${kebabCase(name)}`, words]));
  const joined: string[] = [];
  for (let i = 0; i < words.length;) {
    if (words[i] === "--") return [...joined, ...words.slice(i)];
    const end = i + 1 + (counts.get(words[i]) ?? 1);
    const own = words.slice(i + 1, end);
    const takes = counts.has(words[i]) && own.length > 1 && own.every((word) => !/^-|,/.test(word));
    joined.push(words[i], ...(takes ? [own.join(",")] : []));
    i = takes ? end : i + 1;
  }
  return joined;
}

function noValue(name: string, flag: Flag<unknown>): UsageError {
  return new UsageError(`--${kebabCase(name)} has no value: expected ${flagText(name, flag)}`);
}

/** commander's word for a flag at the end of the line without its value, in ours. */
function missingValue(error: unknown, flags: Readonly<Record<string, Flag<unknown>>>): UsageError | undefined {
  if (!(error instanceof CommanderError) || error.code !== "commander.optionMissingArgument") return undefined;
  const [name, flag] = Object.entries(flags).find(([name]) => error.message.includes(`'--${kebabCase(name)} `))!;
  return noValue(name, flag);
}

function unknownFlag(given: string, command: Command, { program }: Places): UsageError {
  const names = [...Object.keys(command.flags), ...Object.keys(COMMON_FLAGS)].map(kebabCase);
  const wrong = kebabCase(given.replace(/^-+/, ""));
  const near = nearestName(wrong, names) ?? nearestName(wrong.replace(/^no-/, ""), names);
  const advice = near === undefined ? "" : `did you mean --${near}? `;
  return new UsageError(
    `Unknown flag ${given} of ${command.name}: ${advice}\`${program} ${command.name} --help\` lists the flags`,
  );
}

/** `--seed 1 2 3` would take 2 for something else. */
function refuseSpreadValues(
  operands: readonly string[],
  flags: Readonly<Record<string, Flag<unknown>>>,
  values: Record<string, unknown>,
): void {
  const flag = Object.keys(values).find((name) => flags[name].plural !== undefined);
  if (flag === undefined || operands.length === 0 || !operands.every((word) => /^\d+$/.test(word))) return;
  const all = [values[flag], ...operands].flat();
  throw new UsageError(
    `--${flag} ${[values[flag]].flat()} does not take ${operands.join(" ")}: did you mean --${
      flags[flag].plural
    } ${all}?`,
  );
}

function readPositionals(
  command: Command,
  given: readonly string[],
  places: Places,
  flags: Readonly<Record<string, Flag<unknown>>>,
  values: Record<string, unknown>,
): string[] {
  const expected = command.positionals;
  const missing = expected.filter(({ optional }) => !optional)[given.length];
  if (missing !== undefined) {
    throw new UsageError(`${missing.name} is missing: expected \`${usage(command, places)}\``);
  }
  if (given.length > expected.length && !expected.at(-1)?.repeats) {
    const lists = Object.keys(values).some((name) => flags[name].list);
    throw new UsageError(
      `Unexpected argument ${given[expected.length]}: expected \`${usage(command, places)}\`` +
        (lists ? "; a list is joined by commas, without spaces" : ""),
    );
  }
  return given.map((word, i) => {
    const { choices, place, name } = expected[Math.min(i, expected.length - 1)];
    if (choices !== undefined) return checkedChoice(word, choices, name);
    // Files of one side of a comparison are joined by commas.
    return place === undefined ? word : word.split(",").map((item) => typedPath(item, place, places)).join(",");
  });
}

function checkedChoice(word: string, choices: readonly string[], name: string): string {
  try {
    return choice(word, choices);
  } catch (error) {
    const advice = /; did you mean .*/.exec((error as Error).message)?.[0] ?? "";
    throw new UsageError(`${word} is not one of ${name}${advice}`);
  }
}
