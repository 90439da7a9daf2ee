/**
 * TensorFlow's libraries and C headers: unpacked from the pinned wheels, from TensorFlow's own archive, or found in a
 * TensorFlow that is already on the machine.
 *
 * @module
 */
import { renameDurably } from "../files/write.ts";
import { downloadTo } from "../datasets/download.ts";
import { BenchError } from "../errors.ts";
import { fileSha256 } from "../files/hash.ts";
import { fileSize } from "./build.ts";
import { OFFICIAL, type WheelPin } from "./pins.ts";
import { mustRun, type RunProgram } from "./programs.ts";

/** What the addon is compiled and linked with. */
export interface TensorflowLibraries {
  /** Folder of C headers. */
  readonly include: string;
  /** Shared libraries, relative to the build's folder, or absolute where they are used in place. */
  readonly libraries: readonly string[];
}

/** Where things come from and go to. */
export interface ObtainOptions {
  /** The build's folder. */
  readonly folder: string;
  /** A folder that holds the pinned files: nothing is downloaded. */
  readonly from?: string | undefined;
  readonly run: RunProgram;
  readonly note: (text: string) => void;
}

/** TensorFlow's two libraries in its Python package. */
const PACKAGE_LIBRARIES = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"] as const;
const OFFICIAL_NAME = OFFICIAL.url.split("/").at(-1)!;
const PYTHON = "python3";
const SILENT_SERVER_MS = 5000;

/** Unpacks the members of a wheel whose names begin as given, with their permissions. */
const UNPACK_SCRIPT = `
import os, sys, zipfile
wheel, target, *prefixes = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for member in archive.infolist():
        if member.filename.startswith(tuple(prefixes)):
            path = archive.extract(member, target)
            if member.external_attr >> 16:
                os.chmod(path, member.external_attr >> 16)
`;

/**
 * Downloads wheels with pip, one by one, checks and unpacks them. Wheels that arrived in an earlier run are not
 * downloaded again.
 *
 * @throws {BenchError} If pip is missing or fails, or a hash is wrong
 */
export async function fromWheels(wheels: readonly WheelPin[], options: ObtainOptions): Promise<TensorflowLibraries> {
  const { folder, run, note } = options;
  for (const [i, wheel] of wheels.entries()) {
    const place = wheels.length > 1 ? ` (${i + 1} of ${wheels.length})` : "";
    const path = await wheelFile(wheel, { ...options, note: (text) => note(text + place) });
    note(`unpacking ${wheel.project} ${wheel.version}${place}`);
    await mustRun(run, {
      program: PYTHON,
      args: ["-c", UNPACK_SCRIPT, path, folder, ...wheel.members],
      purpose: `unpack ${path}`,
      fix: "run the setup again",
    });
  }
  return {
    include: `${folder}/tensorflow/include`,
    libraries: PACKAGE_LIBRARIES.map((name) => `tensorflow/${name}`),
  };
}

/** Arguments of python3 that download exactly this wheel, whatever Python and platform run it. */
export function pipArguments(wheel: WheelPin, folder: string): string[] {
  const platforms = wheel.file.replace(/\.whl$/, "").split("-").at(-1)!.split(".");
  return [
    ...["-m", "pip", "download", `${wheel.project}==${wheel.version}`, "--dest", folder],
    ...["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--quiet", "--disable-pip-version-check"],
    ...["--python-version", "3.12", "--implementation", "cp", "--abi", "cp312", "--abi", "none"],
    ...platforms.flatMap((platform) => ["--platform", platform]),
  ];
}

async function wheelFile(wheel: WheelPin, { folder, from, run, note }: ObtainOptions): Promise<string> {
  if (from !== undefined) {
    const path = `${from}/${wheel.file}`;
    if (await fileSize(path) === undefined) {
      throw new BenchError(`Cannot set up TensorFlow from ${from}: found no ${wheel.file} there`);
    }
    await checkHash(path, wheel.sha256);
    return path;
  }
  const downloads = `${folder}/downloads`;
  const path = `${downloads}/${wheel.file}`;
  if (await fileSize(path) !== undefined && await fileSha256(path) === wheel.sha256) return path;
  await Deno.mkdir(downloads, { recursive: true });
  await Deno.remove(path).catch(ignoreNotFound);
  note(`downloading ${wheel.project} ${wheel.version}`);
  await mustRun(run, {
    program: PYTHON,
    args: pipArguments(wheel, downloads),
    purpose: `download ${wheel.file}`,
    fix: "install python3 with pip and see that its index is reachable, or give a folder of wheels with --from",
  });
  if (await fileSize(path) === undefined) {
    throw new BenchError(`Cannot download ${wheel.file}: pip left another file in ${downloads}; run the setup again`);
  }
  await checkHash(path, wheel.sha256);
  return path;
}

/**
 * TensorFlow's own archive.
 *
 * @throws {BenchError} If it cannot be downloaded, its hash is wrong, or tar is missing
 */
export async function fromOfficialArchive({ folder, from, run, note }: ObtainOptions): Promise<TensorflowLibraries> {
  const path = `${from ?? `${folder}/downloads`}/${OFFICIAL_NAME}`;
  if (from === undefined && await fileSize(path) === undefined) {
    await Deno.mkdir(`${folder}/downloads`, { recursive: true });
    note(`asking for TensorFlow's own archive ${OFFICIAL.version}`);
    await downloadOfficial(path);
  }
  await checkHash(path, OFFICIAL.sha256);
  await mustRun(run, {
    program: "tar",
    args: ["-xzf", path, "-C", folder, "--no-same-owner"],
    purpose: `unpack ${path}`,
    fix: "install tar",
  });
  return { include: `${folder}/include`, libraries: ["lib/libtensorflow.so.2", "lib/libtensorflow_framework.so.2"] };
}

async function downloadOfficial(path: string): Promise<void> {
  const part = `${path}.part`;
  try {
    await downloadTo(OFFICIAL.url, {
      part,
      check: async (path) => hashFault(await fileSha256(path), OFFICIAL.sha256),
      attempts: 1,
      idleMs: SILENT_SERVER_MS,
    });
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    throw new BenchError(`Cannot download ${OFFICIAL.url}: ${error.message}`);
  }
  renameDurably(part, path);
}

/**
 * A TensorFlow Python package on this machine, used where it lies; undefined where `from` is none.
 *
 * @param from the `tensorflow` folder of the package, or the site-packages folder around it
 */
export async function installedPackage(from: string): Promise<TensorflowLibraries | undefined> {
  const root = await Deno.realPath(from).catch(ignoreNotFound);
  for (const folder of [root, `${root}/tensorflow`]) {
    const libraries = PACKAGE_LIBRARIES.map((name) => `${folder}/${name}`);
    const sizes = await Promise.all(libraries.map(fileSize));
    if (!sizes.includes(undefined)) return { include: `${folder}/include`, libraries };
  }
}

/** Whether a folder holds TensorFlow's own archive. */
export async function holdsOfficialArchive(from: string): Promise<boolean> {
  return await fileSize(`${from}/${OFFICIAL_NAME}`) !== undefined;
}

async function checkHash(path: string, expected: string): Promise<void> {
  const fault = hashFault(await fileSha256(path), expected);
  if (fault !== undefined) throw new BenchError(`Cannot use ${path}: ${fault}; delete it and run again`);
}

function hashFault(found: string, expected: string): string | undefined {
  return found === expected ? undefined : `found sha256 ${found}, expected ${expected}`;
}

function ignoreNotFound(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
