/**
 * What a command line may do: the permission sets of deno.json that its command names, with the paths that the user gave, in
 * place of the sets' own or beside them.
 *
 * @module
 */
import { dirname } from "node:path";
import type { Command, CommandArguments } from "../commands/command.ts";
import type { Place } from "../commands/flag.ts";
import { addedUp, CODE_SET, permissionFlags, type PermissionSet } from "../doctor/permission_sets.ts";
import { type Places, TYPED_IN } from "../commands/places.ts";
import { BenchError } from "../errors.ts";
import { isPresent } from "../files/read.ts";

/** A path that the user gave, and what it is for. */
interface GivenPath {
  readonly path: string;
  readonly place: Place;
}

/** What a command line is run with, beside its own words. */
export interface Surroundings {
  readonly places: Pick<Places, "working">;
  /** Where downloads are taken from, as the environment has it. */
  readonly mirror?: string;
  /** Where a cluster's token lies, as the environment has it. */
  readonly tokenFile?: string;
  /** Other sets than those of deno.json, in tests. */
  readonly sets?: Readonly<Record<string, PermissionSet>>;
}

/** Flags for `deno run`: nothing but what this command line needs. */
export function commandPermissions(command: Command, args: CommandArguments, surroundings: Surroundings): string[] {
  return permissionFlags(permissionSet(command, args, surroundings));
}

/** What those flags say. */
export function permissionSet(
  command: Command,
  args: CommandArguments,
  { places: { working }, mirror, tokenFile, sets }: Surroundings,
): PermissionSet {
  const names = [CODE_SET, ...[command.permissions(args.flags, args.positionals)].flat()];
  const set = addedUp(names, working, sets);
  const given = [...givenPaths(command, args), ...mirrorPath(command, mirror), ...tokenPath(command, tokenFile)];
  return {
    ...set,
    read: set.read === true || readable(list(set.read), given),
    write: set.write === true || writable(list(set.write), given),
    env: set.env === true || [...list(set.env), TYPED_IN],
    net: set.net === true || reachable(list(set.net), given),
    run: set.run === true || [...list(set.run), ...given.filter(({ place }) => place.runs).map(({ path }) => path)],
  };
}

function list(allowed: boolean | readonly string[] | undefined): readonly string[] {
  return Array.isArray(allowed) ? allowed : [];
}

/** The set's own paths but for those that others take the place of, and these. */
function readable(own: readonly string[], given: readonly GivenPath[]): string[] {
  const paths = given.flatMap(({ path, place: { reads = "itself", writes = [] } }) => {
    if (reads === "nothing") return [];
    refuseComma(path);
    return [reads === "its folder" ? dirname(path) : path, ...written(path, writes)];
  });
  const replaced = new Set(given.flatMap(({ place }) => place.insteadOf ?? []));
  return [...new Set([...own.filter((path) => !replaced.has(path)), ...paths])];
}

/** The same of what is written. */
function writable(own: readonly string[], given: readonly GivenPath[]): string[] {
  const paths = given.flatMap(({ path, place: { writes = [] } }) => {
    if (writes.length > 0) refuseUnnameable(path);
    return written(path, writes);
  });
  const replaced = new Set(
    given.flatMap(({ place: { insteadOf = [], writesInsteadOf = [] } }) => [...insteadOf, ...writesInsteadOf]),
  );
  return [...new Set([...own.filter((path) => !replaced.has(path)), ...paths])];
}

function reachable(own: readonly string[], given: readonly GivenPath[]): string[] {
  const servers = given.filter(({ place }) => place.connects).flatMap(({ path }) => serverOf(path));
  // Another host is for those that have a network.
  const hosts = own.length === 0 ? [] : given.flatMap(({ path }) => hostOf(path));
  return [...new Set([...own, ...hosts, ...servers])];
}

/** What comes to be there: its last form, what it is before, and the folder that is made for it. */
function written(path: string, endings: readonly string[]): string[] {
  return [...endings.map((ending) => path.replace(/(?<=.)\/+$/, "") + ending), ...missingParent(path, endings)];
}

/** Files come into a folder that is made for them. */
function missingParent(path: string, writes: readonly string[]): string[] {
  const slash = path.lastIndexOf("/");
  if (writes.length < 2 || slash < 1 || isPresent(path.slice(0, slash))) return [];
  return [path.slice(0, slash)];
}

/** Deno separates the paths of a permission by commas; and everything below `/` would be everything. */
function refuseUnnameable(path: string): void {
  refuseComma(path);
  if (/^\/+$/.test(path)) throw new BenchError(`Cannot write into ${path}: name a folder below it`);
}

function refuseComma(path: string): void {
  if (path.includes(",")) throw new BenchError(`Cannot use ${path}: a permission cannot name a path with a comma`);
}

/** Paths of this command line that are some: a `-` or an address among them is none. */
function givenPaths(command: Command, { positionals, flags }: CommandArguments): GivenPath[] {
  const ofFlags = Object.entries(command.flags).flatMap(([name, { place }]) =>
    place === undefined || flags[name] === undefined ? [] : [flags[name]].flat().map((path) => ({ path, place }))
  );
  const ofPositionals = positionals.flatMap((word, i) => {
    const place = command.positionals[Math.min(i, command.positionals.length - 1)]?.place;
    // Files of one side of a comparison are joined by commas.
    return place === undefined ? [] : word.split(",").map((path) => ({ path, place }));
  });
  return [...ofFlags, ...ofPositionals].map(({ path, place }) => {
    const isPath = place.isPath?.(path, path) ?? true;
    return { path, place: isPath ? place : { reads: "nothing", connects: place.connects ?? false } };
  });
}

/** The mirror of the environment, for commands that take one. */
function mirrorPath(command: Command, mirror: string | undefined): GivenPath[] {
  const place = command.flags.mirror?.place;
  if (mirror === undefined || place === undefined) return [];
  return [{ path: mirror, place: place.isPath?.(mirror, mirror) ? {} : { reads: "nothing" } }];
}

/** A cluster's token, for commands that reach one. */
function tokenPath({ flags }: Command, tokenFile: string | undefined): GivenPath[] {
  const takesToken = Object.values(flags).some(({ place }) => place?.takesToken === true);
  return tokenFile === undefined || !takesToken ? [] : [{ path: tokenFile, place: {} }];
}

function hostOf(address: string): string[] {
  return /^https?:/.test(address) && URL.canParse(address) ? [new URL(address).host] : [];
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/** One port of one host; a host alone would be all of its ports. */
function serverOf(address: string): string[] {
  return hostOf(address).map((host) => {
    const { port, protocol } = new URL(address);
    return port === "" ? `${host}:${DEFAULT_PORTS[protocol]}` : host;
  });
}
