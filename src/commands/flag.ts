/**
 * Flags of commands: each is one value of a type, with its help and how a text becomes it. What a command may read from
 * its flags follows from them by type.
 *
 * @module
 */
import { nearestName, UsageError } from "../errors.ts";

/** A flag whose values are of type `T`. */
export interface Flag<T> {
  readonly help: string;
  /** What stands for the value in the help, e.g. `N`, `DIR`; absent where the flag takes none. */
  readonly value?: string;
  /** Values that are allowed, where there are few. */
  readonly choices?: readonly string[];
  /** Whether it is a list: separated by commas, and adding up where it is given several times. */
  readonly list?: boolean;
  /** Words that stand behind it, where they are several; they are the items of a list. */
  readonly words?: number;
  /** The list flag that is meant where several values stand behind this one. */
  readonly plural?: string;
  /** Whether the value is the path of something. */
  readonly place?: Place;
  /**
   * The value that a text stands for, or the items of a list.
   *
   * @throws {UsageError} saying what is expected
   */
  readonly read: (...items: readonly string[]) => T;
}

/** A path that the user types: it counts from the folder where it is typed. */
export interface Place {
  /** Whether a text, which would be that path, is one at all: a dataset's name or an address is none. */
  readonly isPath?: (text: string, path: string) => boolean;
  /** What is read: the path (default), the folder that it lies in, as a module imports its neighbours, or nothing. */
  readonly reads?: "itself" | "its folder" | "nothing";
  /** What is written: the path with each of these endings. Nothing where it is only read. */
  readonly writes?: readonly string[];
  /** Entries of the permission set that the path takes the place of. */
  readonly insteadOf?: readonly string[];
  /** Whether it is a program that is run. */
  readonly runs?: boolean;
  /** Whether it is the address of a server, `http://host:port`, that is asked over the network. */
  readonly connects?: boolean;
  /** Whether the file of Ray's token, which the environment may name, is read for it. */
  readonly takesToken?: boolean;
  /** The same of entries that are written; they are read all the same. */
  readonly writesInsteadOf?: readonly string[];
}

/** Flags by their name in code, which is in camelCase; on the command line it is in kebab-case. */
// deno-lint-ignore no-explicit-any -- a list of flags of any types, whose types are kept where it is written.
export type Flags = Readonly<Record<string, Flag<any>>>;

/** Values of flags, absent where they were not given. */
export type FlagValues<F extends Flags> = {
  readonly [Name in keyof F]?: F[Name] extends Flag<infer T> ? T : never;
};

/** Flags that every command has, beside its own. */
export const COMMON_FLAGS = {
  quiet: toggle("No progress on stderr"),
  debug: toggle("Show the stack of an error"),
  help: toggle("Show this help"),
};

/** A file is written beside its place first. */
export const FILE: readonly string[] = ["", ".tmp"];
/** A folder. */
export const FOLDER: readonly string[] = [""];
/** A checkpoint's folder appears whole, and steps aside whole. */
export const CHECKPOINT: readonly string[] = ["", ".saving", ".replaced"];

/** `--name`, `--no-name` or `--name=false`. */
export function toggle(help: string): Flag<boolean> {
  return { help, read: (text) => text === "true" };
}

/** Any text. */
export function text(value: string, help: string): Flag<string> {
  return { value, help, read: (given) => given };
}

/** A path of a file or folder. */
export function path(value: string, help: string, place: Place = {}): Flag<string> {
  return { value, help, place, read: (given) => given };
}

/** One of a few words. */
export function oneOf<const Choice extends string>(
  value: string,
  choices: readonly Choice[],
  help: string,
): Flag<Choice> {
  return { value, help, choices, read: (given) => choice(given, choices) };
}

/** What a number must be. */
export interface NumberRange {
  readonly whole?: boolean;
  readonly least?: number;
  /** What it must be greater than. */
  readonly above?: number;
  readonly most?: number;
}

/** A number. */
export function number(value: string, help: string, range: NumberRange = {}): Flag<number> {
  return { value, help, read: (given) => readNumber(given, range) };
}

/** A whole number of at least 1, unless told otherwise. */
export function whole(help: string, { least = 1, most }: NumberRange = {}): Flag<number> {
  return number("N", help, { whole: true, least, ...(most !== undefined && { most }) });
}

/** Texts, separated by commas. */
export function texts(value: string, help: string, place?: Place): Flag<readonly string[]> {
  return { value, help, list: true, ...(place !== undefined && { place }), read: (...items) => items };
}

/** Some of a few words, separated by commas. */
export function someOf<const Choice extends string>(
  value: string,
  choices: readonly Choice[],
  help: string,
): Flag<readonly Choice[]> {
  return { value, help, choices, list: true, read: (...items) => items.map((item) => choice(item, choices)) };
}

/** Numbers, separated by commas. */
export function numbers(value: string, help: string, range: NumberRange): Flag<readonly number[]> {
  return { value, help, list: true, read: (...items) => items.map((item) => readNumber(item, range)) };
}

/** The allowed word that was given. */
export function choice<Choice extends string>(given: string, choices: readonly Choice[]): Choice {
  const known = choices.find((candidate) => candidate === given);
  if (known !== undefined) return known;
  const near = nearestName(given, choices);
  throw new UsageError(`expected one of ${choices.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`);
}

function readNumber(given: string, range: NumberRange): number {
  const { whole = false, least = -Infinity, above = -Infinity, most = Infinity } = range;
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(given) ? Number(given) : NaN;
  const inside = Number.isFinite(value) && least <= value && above < value && value <= most;
  if (inside && (!whole || Number.isSafeInteger(value))) return value;
  const bounds = [[">=", least], [">", above], ["<=", most]].filter(([, bound]) => Number.isFinite(bound));
  const text = bounds.map(([sign, bound]) => ` ${sign} ${bound}`).join(" and");
  throw new UsageError(`expected a ${whole ? "whole " : ""}number${text}`);
}

/** `maxRows` to `max-rows`. */
export function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll("_", "-");
}
