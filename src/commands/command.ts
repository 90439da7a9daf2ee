/**
 * What a command is: described once, for the help, for parsing, and for the permissions it runs under. Its `run` loads the
 * heavy modules only when it is called.
 *
 * @module
 */
import type { COMMON_FLAGS, Flags, FlagValues, Place } from "./flag.ts";

/** A word of a command line that belongs to no flag. */
export interface Positional {
  /** In capitals, or the choices joined by `|`. */
  readonly name: string;
  readonly optional?: boolean;
  /** Whether it stands for any number of words; the last one only. */
  readonly repeats?: boolean;
  readonly choices?: readonly string[];
  readonly place?: Place;
}

/** Parsed words of a command line: positionals, and values of flags (absent where not given). */
export interface CommandArguments<F extends Flags = Flags> {
  readonly positionals: readonly string[];
  readonly flags: FlagValues<F & typeof COMMON_FLAGS>;
}

/** One command of the program. */
export interface Command<F extends Flags = Flags> {
  readonly name: string;
  readonly summary: string;
  /** Whose command it is: of those who use the program, or of those who change it, in a checkout. */
  readonly audience: "users" | "maintainers";
  readonly positionals: readonly Positional[];
  readonly flags: F;
  readonly examples: readonly string[];
  /** The permission set of deno.json that these words need, the least there is; or several, which add up. */
  permissions(flags: FlagValues<F>, positionals: readonly string[]): string | readonly string[];
  /** Words for deno in place of running the program: for what deno itself runs. */
  readonly deno?: readonly string[];
  /** @returns the exit code */
  run(args: CommandArguments<F>): Promise<number>;
}

/** Describes a command; what its `run` may read follows from its flags. */
export function command<const F extends Flags>(description: Command<F>): Command<F> {
  return description;
}

/**
 * Runs what a module exports as `run`, loading it only then. Its name is no literal, and no type of it is named, so that
 * who only reads a command line, as the launcher does, neither loads nor resolves what commands need.
 *
 * @param file relative to `src/commands/`
 */
export function from(file: string): <Args>(args: Args) => Promise<number> {
  return async <Args>(args: Args) => {
    const { run } = await import(new URL(file, import.meta.url).href) as { run(args: Args): number | Promise<number> };
    return await run(args);
  };
}

/** Exit codes of every command; one that was interrupted ends with 128 and the signal. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  regression: 3,
  notEnoughData: 4,
} as const;
