/**
 * What a command is: one entry of the table behind `--help`, with its flags, and a function that loads the heavy
 * modules only when it runs.
 *
 * @module
 */

/** One flag, in kebab-case; its camelCase form is its name in code and in configuration. */
export interface Flag {
  readonly name: string;
  readonly kind: "boolean" | "string" | "number" | "list";
  /** Placeholder of the value in the help, e.g. `N`, `DIR`. */
  readonly value?: string;
  readonly help: string;
  /** Values that are allowed, where there are few. */
  readonly choices?: readonly string[];
  /** Value of the bare flag, where it may stand without one; needs `choices`, which tell a value from what follows. */
  readonly implied?: string;
  /** Of a number: whether it must be whole. */
  readonly integer?: boolean;
  /** Of a number: the least that is allowed. */
  readonly minimum?: number;
  /** Of a number: the most that is allowed. */
  readonly maximum?: number;
}

/** Parsed arguments: positionals, and flags by camelCase name (absent where not given). */
export interface CommandArguments {
  readonly positionals: readonly string[];
  readonly flags: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
}

/** One command of the program. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Positional arguments in the usage line, e.g. `FILE…`. */
  readonly positionals?: string;
  readonly flags: readonly Flag[];
  readonly examples: readonly string[];
  /** @returns the exit code */
  readonly run: (args: CommandArguments) => Promise<number>;
}

/** Exit codes of every command. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  regression: 3,
  notEnoughData: 4,
  interrupted: 130,
} as const;
