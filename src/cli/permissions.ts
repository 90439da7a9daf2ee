/**
 * What a command line may do: the permission set of deno.json that its command names, with the paths that the user gave in
 * place of the set's own.
 *
 * @module
 */
import denoConfig from "../../deno.json" with { type: "json" };
import type { Command, CommandArguments } from "../commands/command.ts";
import type { Place } from "../commands/flag.ts";
import { CODE_FOLDER, TYPED_IN } from "../commands/places.ts";
import { BenchError } from "../errors.ts";
import { isPresent } from "../files/read.ts";

const KINDS = ["read", "write", "net", "env", "sys", "run", "ffi"] as const;
type Kind = typeof KINDS[number];
type PermissionSet = { readonly [K in Kind]?: boolean | readonly string[] };

const SETS = denoConfig.permissions as Readonly<Record<string, PermissionSet>>;
/** A set says `deno`; the one that runs this may have another name or place. */
const DENO = "deno";

/** What is loaded while a program runs. */
const CODE_PATHS = ["src", "deno.json"];

/** A path that the user gave, and what it is for. */
interface GivenPath {
  readonly path: string;
  readonly place: Place;
}

/** Flags for `deno run`: nothing but what this command line needs. */
export function permissionFlags(command: Command, args: CommandArguments): string[] {
  const set = [command.permissions(args.flags, args.positionals)].flat().map((name) => SETS[name]).reduce(together);
  const given = givenPaths(command, args);
  const flags = KINDS.flatMap((kind) => {
    const allowed = widened(kind, set, given);
    if (allowed === true) return [`--allow-${kind}`];
    return allowed.length === 0 ? [] : [`--allow-${kind}=${allowed.join(",")}`];
  });
  return ["--no-prompt", ...flags];
}

/** Everything that either of two sets allows. */
function together(a: PermissionSet, b: PermissionSet): PermissionSet {
  return Object.fromEntries(KINDS.map((kind) => {
    const [own, other] = [a[kind] ?? [], b[kind] ?? []];
    if (own === true || other === true) return [kind, true];
    return [kind, [...new Set([...(own || []), ...(other || [])])]];
  }));
}

function widened(kind: Kind, set: PermissionSet, given: readonly GivenPath[]): true | readonly string[] {
  const own = set[kind] ?? [];
  if (own === true || own === false) return own || [];
  switch (kind) {
    case "read":
      return readable(own, given);
    case "write":
      return writable(own, given);
    case "env":
      return [...own, TYPED_IN];
    case "run":
      return [
        ...own.map((program) => program === DENO ? Deno.execPath() : program),
        ...given.filter(({ place }) => place.runs).map(({ path }) => path),
      ];
    case "net":
      return own.length === 0 ? own : [...own, ...given.flatMap(({ path }) => hostOf(path))];
    default:
      return own;
  }
}

/** Where a set names what is read: its own paths but for those that others take the place of, these, and the code. */
function readable(own: readonly string[], given: readonly GivenPath[]): string[] {
  if (own.length === 0) return [];
  const code = CODE_PATHS.map((path) => `${CODE_FOLDER}/${path}`);
  return [...new Set([...code, ...withoutReplaced(own, given), ...given.map(({ path }) => path)])];
}

function withoutReplaced(own: readonly string[], given: readonly GivenPath[]): string[] {
  const replaced = new Set(given.flatMap(({ place }) => place.insteadOf ?? []));
  return own.filter((path) => !replaced.has(path));
}

/** The set's own paths but for those that others take the place of, and these. */
function writable(own: readonly string[], given: readonly GivenPath[]): string[] {
  const added = given.flatMap(({ path, place: { writes = [] } }) => {
    if (writes.length > 0) refuseUnnameable(path);
    return [...writes.map((ending) => path.replace(/(?<=.)\/+$/, "") + ending), ...missingParent(path, writes)];
  });
  return [...new Set([...withoutReplaced(own, given), ...added])];
}

/** Files come into a folder that is made for them. */
function missingParent(path: string, writes: readonly string[]): string[] {
  const slash = path.lastIndexOf("/");
  if (writes.length < 2 || slash < 1 || isPresent(path.slice(0, slash))) return [];
  return [path.slice(0, slash)];
}

/** Deno separates the paths of a permission by commas; and everything below `/` would be everything. */
function refuseUnnameable(path: string): void {
  if (path.includes(",")) throw new BenchError(`Cannot write to ${path}: a permission cannot name a path with a comma`);
  if (/^\/+$/.test(path)) throw new BenchError(`Cannot write into ${path}: name a folder below it`);
}

/** Paths of this command line that are some: a `-` or an address among them is none. */
function givenPaths(command: Command, { positionals, flags }: CommandArguments): GivenPath[] {
  const ofFlags = Object.entries(command.flags).flatMap(([name, { place }]) =>
    place === undefined || flags[name] === undefined ? [] : [flags[name]].flat().map((path) => ({ path, place }))
  );
  const ofPositionals = positionals.flatMap((path, i) => {
    const place = command.positionals[Math.min(i, command.positionals.length - 1)]?.place;
    return place === undefined ? [] : [{ path, place }];
  });
  return [...ofFlags, ...ofPositionals].map(({ path, place }) => {
    const isPath = place.isPath?.(path, path) ?? true;
    return { path, place: isPath ? place : {} };
  });
}

function hostOf(address: string): string[] {
  return /^https?:/.test(address) && URL.canParse(address) ? [new URL(address).host] : [];
}
