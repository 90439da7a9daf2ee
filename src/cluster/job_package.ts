/**
 * What a job needs, as the files of one archive: this code, the packages that it loads, the experiment, its datasets, and
 * the script. Its hash names the run.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { BenchError } from "../errors.ts";
import { readBytesBounded } from "../files/read.ts";
import type { ArchiveFiles } from "./zip.ts";

/** Packages that the torch backend needs, as deno.json names them. */
export const JOB_IMPORTS: readonly string[] = [
  "@std/cli/parse-args",
  "@std/assert",
  "@std/yaml",
  "@huggingface/tokenizers",
  "@huggingface/jinja",
  "zod",
  "commander",
];
/** What no program loads: declarations, sources of what is compiled, and their maps. */
const NOT_LOADED = /\.(map|ts|cts|mts|md)$/;
const LOCK = "job.lock";
/** Largest file that goes along. */
const LARGEST_FILE = 64 << 20;

/** A part of deno.lock as far as it is read here. */
interface Lock {
  readonly version: string;
  readonly specifiers: Readonly<Record<string, string>>;
  readonly npm: Readonly<Record<string, { readonly dependencies?: readonly string[] }>>;
}

/** Files of the job beside the code, by path. */
export type OwnFiles = ReadonlyMap<string, Uint8Array>;

/**
 * All files of the job.
 *
 * @param code folder of this code
 * @param packages folder of npm packages, `<name>/<version>/` each
 * @throws {BenchError} If a file cannot be read
 */
export function jobFiles(code: string, packages: string, own: OwnFiles): ArchiveFiles {
  const read = (path: string) => readBytesBounded(`${code}/${path}`, LARGEST_FILE);
  const text = (path: string) => new TextDecoder().decode(read(path));
  const config = JSON.parse(text("deno.json"));
  const lock: Lock = JSON.parse(text("deno.lock"));
  const imports = Object.fromEntries(JOB_IMPORTS.map((name) => [name, config.imports[name] as string]));
  const needed = closure(lock, [...new Set(Object.values(imports).map(packageOf))]);
  const files = new Map<string, Uint8Array>([
    ["deno.json", json({ ...config, imports, lock: { path: `./${LOCK}`, frozen: true } })],
    // Whole: a run goes on under the packages that began it, and this file's hash says which.
    ["deno.lock", read("deno.lock")],
    [LOCK, json(lockOf(lock, needed, Object.values(imports)))],
  ]);
  for (const folder of ["src", "models/tiny"]) {
    for (const path of pathsBelow(`${code}/${folder}`)) files.set(`${folder}/${path}`, read(`${folder}/${path}`));
  }
  for (const id of needed) {
    const [name, version] = nameAndVersion(id);
    const place = `${name}/${version}`;
    for (const path of pathsBelow(`${packages}/${place}`).filter((path) => !NOT_LOADED.test(path))) {
      files.set(
        `deno_dir/npm/registry.npmjs.org/${place}/${path}`,
        readBytesBounded(`${packages}/${place}/${path}`, LARGEST_FILE),
      );
    }
  }
  for (const [path, content] of own) files.set(path, content);
  return files;
}

/** The folder of npm packages in Deno's cache. */
export function packagesFolder(): string {
  const [folder] = /^.*\/registry\.npmjs\.org(?=\/)/.exec(fileURLToPath(import.meta.resolve("npm:zod@4.3.5"))) ?? [];
  if (folder !== undefined) return folder;
  throw new BenchError(
    "Cannot pack the job: found no folder of npm packages in Deno's cache, expected registry.npmjs.org",
  );
}

/** Packages and all that they depend on, as the lock file knows them. */
function closure(lock: Lock, roots: readonly string[]): string[] {
  const found = new Set(roots);
  for (const id of found) {
    for (const dependency of lock.npm[id]?.dependencies ?? []) {
      const ids = dependency in lock.npm
        ? [dependency]
        : Object.keys(lock.npm).filter((other) => nameAndVersion(other)[0] === dependency);
      for (const other of ids) found.add(other);
    }
  }
  return [...found].sort();
}

/** A lock file of these packages alone: Deno fetches all that its lock file names. */
function lockOf(lock: Lock, needed: readonly string[], imports: readonly string[]): unknown {
  const keep = new Set(needed);
  const specifiers = Object.entries(lock.specifiers).filter(([name]) => keep.has(name.slice("npm:".length)));
  return {
    version: lock.version,
    specifiers: Object.fromEntries(specifiers),
    npm: Object.fromEntries(needed.map((id) => [id, lock.npm[id]])),
    workspace: { dependencies: [...new Set(imports.map((specifier) => `npm:${packageOf(specifier)}`))].sort() },
  };
}

/** `@a/b@1.2.3` of `npm:@a/b@1.2.3/c.js`. */
function packageOf(specifier: string): string {
  return /^npm:((?:@[^/]+\/)?[^/]+)/.exec(specifier)![1];
}

/** Of `@a/b@1.2.3`, and of `a@1.2.3_c@4.5.6`, which is for one of its peers. */
function nameAndVersion(id: string): [name: string, version: string] {
  const at = id.indexOf("@", 1);
  return [id.slice(0, at), id.slice(at + 1).replace(/_.*/, "")];
}

function pathsBelow(folder: string, prefix = ""): string[] {
  return [...Deno.readDirSync(folder)].filter(({ name }) => !name.startsWith(".")).flatMap(
    ({ name, isDirectory, isFile }) => {
      if (isDirectory) return pathsBelow(`${folder}/${name}`, `${prefix}${name}/`);
      return isFile ? [prefix + name] : [];
    },
  ).sort();
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value, null, 2) + "\n");
}
