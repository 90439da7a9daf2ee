/**
 * Which code runs: version, commit, whether the working tree differs from it, and the lock file's hash.
 *
 * @module
 */
import { sha256 } from "../files/hash.ts";
import denoConfig from "../../deno.json" with { type: "json" };

/** The `code` block of a result file. */
export interface CodeVersion {
  readonly version: string;
  /** Full commit hash; empty where git does not answer. */
  readonly commit: string;
  /** True where tracked code differs from the commit, or where that cannot be known. */
  readonly dirty: boolean;
  readonly lockSha256: string;
}

/** What decides numbers: changes elsewhere (docs, results, tests) do not make a run dirty. */
const CODE_PATHS = ["src", "benchmarks/*.ts", "models", "mod.ts", "deno.json", "deno.lock"];

/** Neither the index is rewritten, which the user's own git may be reading, nor a program started that the repository names. */
const HARMLESS = [
  "--no-optional-locks",
  ...["core.fsmonitor=false", "core.hooksPath=/dev/null", "core.untrackedCache=false", "submodule.recurse=false"]
    .flatMap((setting) => ["-c", setting]),
];

/** A program that the repository's configuration runs on contents, wherever its attributes say so. */
const FILTER_PROGRAM = "^filter\\..*\\.(clean|smudge|process|required)$";

/** Asks git, in the project's own folder; another in tests. */
export async function codeVersion(root: URL = new URL("../..", import.meta.url)): Promise<CodeVersion> {
  // Of a copy inside another repository the prefix comes first; that commit is not the code's.
  const head = await git(root, ["rev-parse", "--show-prefix", "HEAD"]);
  const commit = head !== undefined && /^[0-9a-f]+$/.test(head) ? head : undefined;
  const filters = await git(root, ["config", "--null", "--name-only", "--get-regexp", FILTER_PROGRAM]);
  const changes = await git(
    root,
    ["status", "--porcelain", "--untracked-files=no", "--ignore-submodules=all", "--", ...CODE_PATHS],
    switchedOff(filters?.split("\0").filter((name) => name !== "") ?? []),
  );
  return {
    version: denoConfig.version,
    commit: commit ?? "",
    dirty: commit === undefined || changes !== "",
    lockSha256: sha256(Deno.readFileSync(new URL("deno.lock", root))),
  };
}

/** Settings without a value, as an environment gives them to git: their names may hold anything. */
function switchedOff(names: readonly string[]): Record<string, string> {
  return Object.fromEntries([
    ["GIT_CONFIG_COUNT", String(names.length)],
    ...names.flatMap((name, i) => [
      [`GIT_CONFIG_KEY_${i}`, name],
      [`GIT_CONFIG_VALUE_${i}`, name.endsWith(".required") ? "false" : ""],
    ]),
  ]);
}

/** Output of git without the last newline; undefined where git is missing, refuses, or may not be run. */
async function git(
  folder: URL,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command("git", {
      args: [...HARMLESS, ...args],
      cwd: folder,
      env: { ...env },
      stdout: "piped",
      stderr: "null",
    }).output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}
