/**
 * Where a command line was typed, and where the code lies. A task runs in the code's folder, whatever the user's folder;
 * an installed program runs in the user's.
 *
 * @module
 */
import { isAbsolute, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of the code: of deno.json, `benchmarks/` and `models/tiny/`. */
export const CODE_FOLDER: string = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");

/** The variable in which `deno task` says where it was typed. */
export const TYPED_IN = "INIT_CWD";

/** Folders of one command line. */
export interface Places {
  /** Where the program runs; its own folders, such as `results`, are here. */
  readonly working: string;
  /** Where the user typed the command; paths count from here. */
  readonly typed: string;
  /** How the user calls the program. */
  readonly program: "deno task" | "soft-grpo-bench";
}

/**
 * The places of this process.
 *
 * @param working where it runs
 * @param typed where `deno task` says that it was typed; elsewhere than in the code's folder the variable means nothing
 */
export function places(working: string = Deno.cwd(), typed: string | undefined = typedIn()): Places {
  return typed === undefined || working !== CODE_FOLDER
    ? { working, typed: working, program: "soft-grpo-bench" }
    : { working, typed, program: "deno task" };
}

function typedIn(): string | undefined {
  if (Deno.permissions.querySync({ name: "env", variable: TYPED_IN }).state !== "granted") return undefined;
  return Deno.env.get(TYPED_IN);
}

/** A path that was typed, from the folder where the program runs: below it without a beginning, elsewhere absolute. */
export function fromWorkingFolder(path: string, { working, typed }: Places): string {
  if (typed === working || isAbsolute(path)) return path;
  const absolute = resolve(typed, path);
  const below = relative(working, absolute);
  if (below === "") return ".";
  return /^\.\.($|[/\\])/.test(below) || isAbsolute(below) ? absolute : below;
}
