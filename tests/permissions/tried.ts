/**
 * A scenario run under permission sets, as they are or changed, and what it did and was refused.
 *
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readCommandLine } from "../../src/cli/command_line.ts";
import { permissionSet } from "../../src/cli/permissions.ts";
import { CODE_FOLDER } from "../../src/commands/places.ts";
import {
  addedUp,
  CODE_SET,
  PERMISSION_KINDS,
  PERMISSION_SETS,
  permissionFlags,
  type PermissionKind,
  type PermissionSet,
} from "../../src/doctor/permission_sets.ts";
import { fillFolder } from "./folder.ts";
import type { Scenario } from "./scenarios.ts";

/** One permission of one set; `true` is all of its kind. */
export interface Entry {
  readonly set: string;
  readonly kind: PermissionKind;
  readonly entry: string | true;
}

/** What Deno was asked for. */
export interface Access {
  readonly kind: string;
  /** Absent where all of its kind was asked for. */
  readonly value?: string;
}

/** How a scenario ended. */
export interface Ended {
  readonly code: number;
  /** Standard output and error, without what differs from run to run. */
  readonly text: string;
  readonly accesses: readonly Access[];
  /** Folder in which it ran. */
  readonly working: string;
}

/** Every entry of the sets that a scenario runs under. */
export function entriesOf(scenario: Scenario): Entry[] {
  return setNames(scenario).flatMap((set) =>
    PERMISSION_KINDS.flatMap((kind) =>
      [PERMISSION_SETS[set][kind] ?? []].flat().map((entry): Entry => ({ set, kind, entry: entry as string | true }))
    )
  );
}

/** As `code read ./src`. */
export function entryText({ set, kind, entry }: Entry): string {
  return `${set} ${kind} ${entry}`;
}

/** The sets of deno.json without one entry. */
function without({ set, kind, entry }: Entry): Readonly<Record<string, PermissionSet>> {
  const own = [PERMISSION_SETS[set][kind]].flat().filter((other) => other !== entry) as string[];
  return { ...PERMISSION_SETS, [set]: { ...PERMISSION_SETS[set], [kind]: own } };
}

/** Runs a scenario to its end, under its sets or under those without one entry. */
export async function tried(scenario: Scenario, taken?: Entry): Promise<Ended> {
  const sets = taken === undefined ? PERMISSION_SETS : without(taken);
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "permissions-" }));
  try {
    const run = fillFolder(folder);
    const working = scenario.where === "folder" ? folder : CODE_FOLDER;
    using busy = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const argv = wordsOf(scenario, run, busy.addr.port);
    const { command, args } = requestOf(argv, working);
    // Only a scenario says whether there is a mirror, not the environment that tests run in.
    const { SOFT_GRPO_BENCH_MIRROR: _, ...inherited } = Deno.env.toObject();
    const mirror = scenario.env?.SOFT_GRPO_BENCH_MIRROR;
    const set = permissionSet(command, args, { places: { working }, ...(mirror !== undefined && { mirror }), sets });
    const log = `${folder}/../${folder.slice(folder.lastIndexOf("/") + 1)}.audit`;
    const settings = ["--quiet", "--config", `${CODE_FOLDER}/deno.json`, ...permissionFlags(set)];
    const [action, ...files] = command.deno ?? ["run", "src/cli/main.ts"];
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        action,
        ...settings,
        ...files.map((file) => `${CODE_FOLDER}/${file}`),
        ...(command.deno ? argv.slice(1) : argv),
      ],
      cwd: working,
      clearEnv: true,
      env: { ...inherited, NO_COLOR: "1", ...scenario.env, DENO_AUDIT_PERMISSIONS: log },
    }).output();
    const accesses = accessesOf(Deno.readTextFileSync(log));
    Deno.removeSync(log);
    const decoder = new TextDecoder();
    const text = `${decoder.decode(stdout)}\n${decoder.decode(stderr)}`.replaceAll(folder, "");
    return { code, text: text.replace(/[0-9a-f]{7,}|[\d.]+/g, "#"), accesses, working };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** `RUN` is the run of the folder, `PORT` one that another program has, so that a server ends at once. */
function wordsOf({ line }: Scenario, run: string, port: number): string[] {
  return line.split(" ").map((word) => word === "RUN" ? run : word === "PORT" ? String(port) : word);
}

function requestOf(argv: readonly string[], working: string) {
  const request = readCommandLine(argv, { working, typed: working, program: "soft-grpo-bench" });
  if ("text" in request) throw new Error(`${argv.join(" ")} asks for a text alone`);
  return request;
}

function setNames(scenario: Scenario): string[] {
  const { command, args } = requestOf(wordsOf(scenario, "run", 0), "/");
  return [CODE_SET, ...[command.permissions(args.flags, args.positionals)].flat()];
}

/** The lines of Deno's log; a program that was started in the meantime may have torn one. */
function accessesOf(log: string): Access[] {
  return log.split("\n").flatMap((line) => {
    const [, kind, value] = /"permission":"(\w+)"(?:,"value":"(.*)")?\}$/.exec(line) ?? [];
    return kind === undefined ? [] : [{ kind, ...(value !== undefined && { value }) }];
  });
}

/** Whether something that a scenario asked for is what an entry allows. */
export function isUsed(entry: Entry, { accesses, working }: Ended): boolean {
  const own = accesses.filter(({ kind }) => kind === entry.kind);
  if (entry.entry === true) return own.length > 0;
  const [allowed] = [addedUp([entry.set], working, { [entry.set]: { [entry.kind]: [entry.entry] } })[entry.kind]]
    .flat() as string[];
  return own.some(({ value }) => value !== undefined && covers(entry.kind, allowed, value, working));
}

function covers(kind: PermissionKind, allowed: string, value: string, working: string): boolean {
  switch (kind) {
    case "read":
    case "write":
    case "ffi": {
      const [outer, inner] = [
        resolve(working, allowed),
        resolve(working, value.startsWith("file:") ? fileURLToPath(value) : value),
      ];
      return inner === outer || inner.startsWith(`${outer}/`);
    }
    case "net":
      return value.replace(/^https?:\/\//, "").split(/[:/]/)[0] === allowed;
    default:
      return value === allowed;
  }
}
