/**
 * The permission sets of deno.json, added up and put into flags for `deno run`.
 *
 * @module
 */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import denoConfig from "../../deno.json" with { type: "json" };

/** Folder of the code. */
const CODE_FOLDER = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");

/** Kinds of permissions. */
export const PERMISSION_KINDS = ["read", "write", "net", "env", "sys", "run", "ffi"] as const;
/** One of them. */
export type PermissionKind = typeof PERMISSION_KINDS[number];
/** What may be done: nothing that is not named. */
export type PermissionSet = { readonly [Kind in PermissionKind]?: boolean | readonly string[] };

/** The sets of deno.json by name. */
export const PERMISSION_SETS = denoConfig.permissions as Readonly<Record<string, PermissionSet>>;

/** What every command reads: itself. */
export const CODE_SET = "code";
/** Sets of this beginning name places beside the code, others where the program runs. Only a checkout is written there. */
const OF_CODE = /^code(-|$)/;
/** A set says `deno`; the one that runs this may have another name or place. */
const DENO = "deno";
/** The folder of a package, which only Deno knows. */
const PACKAGE = /^npm:/;

/**
 * Everything that any of these sets allows.
 *
 * @param working folder where the program runs
 * @param sets other ones in tests
 */
export function addedUp(
  names: readonly string[],
  working: string,
  sets: Readonly<Record<string, PermissionSet>> = PERMISSION_SETS,
): PermissionSet {
  return names.map((name) => placed(name, sets[name], working)).reduce((a, b) =>
    Object.fromEntries(PERMISSION_KINDS.map((kind) => [kind, together(a[kind], b[kind])]))
  );
}

function together(a: boolean | readonly string[] = [], b: boolean | readonly string[] = []): boolean | string[] {
  if (a === true || b === true) return true;
  return [...new Set([...(a || []), ...(b || [])])];
}

function placed(name: string, set: PermissionSet, working: string): PermissionSet {
  const { read, write, run, ffi } = set;
  const ofCode = OF_CODE.test(name) && working !== CODE_FOLDER;
  return {
    ...set,
    ...(Array.isArray(read) && { read: read.flatMap((path) => placedPath(path, ofCode)) }),
    ...(Array.isArray(write) && { write: ofCode ? [] : write }),
    ...(Array.isArray(ffi) && { ffi: ffi.flatMap((path) => placedPath(path, ofCode)) }),
    ...(Array.isArray(run) && { run: run.map((program) => program === DENO ? Deno.execPath() : program) }),
  };
}

function placedPath(path: string, ofCode: boolean): string {
  if (PACKAGE.test(path)) return packageFolder(path);
  return ofCode ? path.replace(/^\./, CODE_FOLDER) : path;
}

/** Stands for the packages that go to a cluster: all in Deno's cache. */
const ALL_PACKAGES = "npm:*";
/** One that every command has, to find the others by. */
const FOUND_BY = "npm:zod";

/** The folder of an npm package in Deno's cache: which that is, Deno tells where it has the code's lock file and imports. */
function packageFolder(name: string): string {
  if (name === ALL_PACKAGES) return dirname(dirname(packageFolder(FOUND_BY)));
  const { stdout } = new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--quiet",
      ...["--config", `${CODE_FOLDER}/deno.json`],
      `console.log(import.meta.resolve("${name.replace(PACKAGE, "")}/package.json"))`,
    ],
    stderr: "null",
  }).outputSync();
  return dirname(fileURLToPath(new TextDecoder().decode(stdout).trim()));
}

/** Flags for `deno run` that allow this and nothing else. */
export function permissionFlags(set: PermissionSet): string[] {
  const flags = PERMISSION_KINDS.flatMap((kind) => {
    const allowed = set[kind] ?? [];
    if (allowed === true) return [`--allow-${kind}`];
    if (allowed === false || allowed.length === 0) return [];
    return [`--allow-${kind}=${allowed.join(",")}`];
  });
  return ["--no-prompt", ...flags];
}
