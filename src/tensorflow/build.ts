/**
 * The folder of a native TensorFlow build, and the record in it that says what it is made of. It appears whole: until
 * then the work lies in a folder `tensorflow.part` beside it, with the downloads that arrived.
 *
 * ```text
 * .cache/tensorflow/
 *   tensorflow/ nvidia/    unpacked wheels (or lib/ include/, of TensorFlow's own archive)
 *   tfjs_binding.node      the compiled addon
 *   build.json             the record
 * ```
 *
 * @module
 */
import { renameDurably } from "../files/write.ts";
import { resolve } from "node:path";
import { BenchError } from "../errors.ts";
import { fileSha256 } from "../files/hash.ts";
import { readTextIfPresent } from "../files/read.ts";
import type { TensorflowDevice } from "./pins.ts";

/** Where a build's TensorFlow came from. */
export type TensorflowSource = "wheel" | "official" | "installed";

/** What is in the folder. */
export interface TensorflowBuild {
  /** Identity of everything that the build depends on: other pins, another recipe. */
  readonly recipe: string;
  readonly device: TensorflowDevice;
  readonly source: TensorflowSource;
  /** TensorFlow's own version, as the addon reports it. */
  readonly tensorflow: string;
  readonly tfjsNode: string;
  readonly compiler: string;
  /** The addon and the libraries that it was linked with. */
  readonly files: readonly BuildFile[];
}

/** One file of a build. */
export interface BuildFile {
  /** Relative to the folder, or absolute for a TensorFlow that is used where it lies. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The command that makes a build. */
export const SETUP_COMMAND = "deno task setup:tensorflow";

/** Name of the addon in the folder. */
export const ADDON = "tfjs_binding.node";

const RECORD = "build.json";

/** The folder that permission sets name: `.cache/tensorflow` where the program runs. */
export function defaultFolder(): string {
  return resolve(".cache/tensorflow");
}

/** Path of a build's file. */
export function filePath(folder: string, path: string): string {
  return path.startsWith("/") ? path : `${folder}/${path}`;
}

/**
 * The build in `folder`, or undefined where there is none.
 *
 * @throws {BenchError} If a record is there that this version cannot read
 */
export async function readBuild(folder: string): Promise<TensorflowBuild | undefined> {
  const path = `${folder}/${RECORD}`;
  const text = await readTextIfPresent(path);
  if (text === undefined) return undefined;
  try {
    const build = JSON.parse(text) as TensorflowBuild;
    if (typeof build.recipe === "string" && Array.isArray(build.files)) return build;
  } catch { /* Reported below, as any other content that is no record. */ }
  throw new BenchError(`Cannot use the TensorFlow build: ${path} is not a record of one; run: ${SETUP_COMMAND}`);
}

/** Writes the record, whole or not at all. */
export async function writeBuild(folder: string, build: TensorflowBuild): Promise<void> {
  const path = `${folder}/${RECORD}`;
  await Deno.writeTextFile(`${path}.part`, JSON.stringify(build, null, 2) + "\n");
  renameDurably(`${path}.part`, path);
}

/**
 * What is wrong with a build's files, as `<path>: found …, expected …`; undefined where they are as recorded.
 * Sizes are compared everywhere, hashes of the addon only: the libraries have a gigabyte.
 */
export async function buildFault(folder: string, build: TensorflowBuild): Promise<string | undefined> {
  for (const file of build.files) {
    const path = filePath(folder, file.path);
    const bytes = await fileSize(path);
    if (bytes === undefined) return `${path}: found no file`;
    if (bytes !== file.bytes) return `${path}: found ${bytes} bytes, expected ${file.bytes}`;
    if (file.path !== ADDON) continue;
    const sha256 = await fileSha256(path);
    if (sha256 !== file.sha256) return `${path}: found sha256 ${sha256}, expected ${file.sha256}`;
  }
}

/** A file's entry in the record. */
export async function describeFile(folder: string, path: string): Promise<BuildFile> {
  const place = filePath(folder, path);
  return { path, bytes: (await Deno.stat(place)).size, sha256: await fileSha256(place) };
}

/** Size in bytes, or undefined where there is no file. */
export async function fileSize(path: string): Promise<number | undefined> {
  try {
    const info = await Deno.stat(path);
    return info.isFile ? info.size : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}
