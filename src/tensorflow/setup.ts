/**
 * Making, keeping and removing the native TensorFlow build: libraries, addon, check, record, in this order.
 *
 * @module
 */
import { renameDurably } from "../files/write.ts";
import { fileURLToPath } from "node:url";
import { BenchError, UsageError } from "../errors.ts";
import { isFolder } from "../files/read.ts";
import {
  ADDON,
  buildFault,
  defaultFolder,
  describeFile,
  filePath,
  readBuild,
  type TensorflowBuild,
  type TensorflowSource,
  writeBuild,
} from "./build.ts";
import { compileAddon } from "./compile.ts";
import { TENSORFLOW_VARIABLES } from "./environment.ts";
import {
  fromOfficialArchive,
  fromWheels,
  holdsOfficialArchive,
  installedPackage,
  type TensorflowLibraries,
} from "./obtain.ts";
import { DOWNLOAD_SIZE, type TensorflowDevice, TFJS_NODE, WHEELS } from "./pins.ts";
import { mustRun, type RunProgram, runProgram } from "./programs.ts";
import { recipeOf } from "./recipe.ts";
import type { SelfCheck } from "./self_check.ts";

/** Options of {@link setupTensorflow}. */
export interface SetupOptions {
  readonly device: TensorflowDevice;
  /** A folder of downloaded files, or an installed TensorFlow package; nothing is downloaded then. */
  readonly from?: string | undefined;
  /** Only this source; else TensorFlow's own archive where it serves and can be had, then the wheels. */
  readonly source?: Exclude<TensorflowSource, "installed"> | undefined;
  readonly folder?: string;
  readonly run?: RunProgram;
  readonly note?: (text: string) => void;
  /** `<system>-<processor>` of this machine. */
  readonly platform?: string;
}

/** Where the pinned binaries run. */
const SUPPORTED_PLATFORM = "linux-x86_64";

/**
 * Makes the build for a device, or finds that it is there already. What was downloaded stays until the build is
 * finished, so an interrupted setup continues.
 *
 * @returns the build, and whether it was made now
 * @throws {BenchError} If something that it needs is missing, with what to do
 * @throws {UsageError} If `from` is no folder, or the source has nothing for the device
 */
export async function setupTensorflow(options: SetupOptions): Promise<{ build: TensorflowBuild; made: boolean }> {
  const { device, from, folder = defaultFolder(), run = runProgram, note = () => {} } = options;
  const platform = options.platform ?? `${Deno.build.os}-${Deno.build.arch}`;
  if (from !== undefined && !isFolder(from)) {
    throw new UsageError(`Cannot set up TensorFlow from ${from}: found no folder there, expected wheels or a package`);
  }
  if (device === "cuda" && options.source === "official") {
    throw new UsageError(
      "Cannot set up TensorFlow's own archive for CUDA: it is for the CPU; use --source wheel or --cpu",
    );
  }
  const existing = await readBuild(folder).catch(() => undefined);
  if (existing !== undefined && await isCurrent(folder, existing, options)) return { build: existing, made: false };

  const installed = from === undefined ? undefined : await installedPackage(from);
  if (installed === undefined && platform !== SUPPORTED_PLATFORM) {
    throw new BenchError(
      `Cannot set up TensorFlow on ${platform}: the pinned binaries are for ${SUPPORTED_PLATFORM}; ` +
        `name an installed TensorFlow package with --from, or use --backend webgpu or cpu-engine`,
    );
  }
  const workshop = workshopOf(folder);
  await clear(workshop);
  const obtaining = { folder: workshop, from, run, note };
  const make = (source: TensorflowSource, tensorflow: TensorflowLibraries) =>
    finish({ folder, workshop, device, source, tensorflow, run, note });

  if (installed !== undefined) {
    note(`using the TensorFlow in ${from}: it is recorded, but not pinned`);
    return { build: await make("installed", installed), made: true };
  }
  if (await officialIsWanted(options)) {
    try {
      return { build: await make("official", await fromOfficialArchive(obtaining)), made: true };
    } catch (error) {
      if (!(error instanceof BenchError)) throw error;
      if (options.source === "official") throw new BenchError(`${error.message}; or take the wheel: --source wheel`);
      note(`${error.message}; the wheel comes next`);
      await clear(workshop);
    }
  }
  if (from === undefined) note(`the wheels of TensorFlow for ${device} are ${DOWNLOAD_SIZE[device]} to download`);
  return { build: await make("wheel", await fromWheels(WHEELS[device], obtaining)), made: true };
}

/** Removes all that {@link setupTensorflow} made, downloads of an interrupted setup included. @returns whether there was anything */
export async function removeTensorflow(folder: string = defaultFolder()): Promise<boolean> {
  const removed = [await removeFolder(folder), await removeFolder(workshopOf(folder))];
  return removed.includes(true);
}

async function removeFolder(folder: string): Promise<boolean> {
  try {
    await Deno.remove(folder, { recursive: true });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Where a build is made, so that one that works stays until the next one does. */
function workshopOf(folder: string): string {
  return `${folder}.part`;
}

/** Whether the build there is what is asked for, of this version, and whole. */
async function isCurrent(
  folder: string,
  build: TensorflowBuild,
  { device, source, from }: SetupOptions,
): Promise<boolean> {
  const wanted = from === undefined ? undefined : await installedPackage(from);
  const isWanted = wanted === undefined
    ? source === undefined || build.source === source
    : wanted.libraries.every((path) => build.files.some((file) => file.path === path));
  return isWanted && build.device === device && build.recipe === recipeOf(build) &&
    await buildFault(folder, build) === undefined;
}

/** TensorFlow's own archive has no GPU build for current CUDA; from a folder it is taken where it lies there. */
async function officialIsWanted({ device, source, from }: SetupOptions): Promise<boolean> {
  if (source !== undefined) return source === "official";
  return device === "cpu" && (from === undefined || await holdsOfficialArchive(from));
}

async function finish(
  { folder, workshop, device, source, tensorflow, run, note }: {
    folder: string;
    workshop: string;
    device: TensorflowDevice;
    source: TensorflowSource;
    tensorflow: TensorflowLibraries;
    run: RunProgram;
    note: (text: string) => void;
  },
): Promise<TensorflowBuild> {
  note("compiling the addon");
  const compiler = await compileAddon({ folder: workshop, tensorflow, run });
  note("checking it");
  const check = await selfCheck(workshop, tensorflow, run);
  if (device === "cuda" && !check.usesGpu) {
    note("TensorFlow finds no GPU here: the build is kept, and --backend tensorflow will refuse until it finds one");
  }
  const build: TensorflowBuild = {
    recipe: recipeOf({ device, source }),
    device,
    source,
    tensorflow: check.tensorflow,
    tfjsNode: TFJS_NODE.version,
    compiler: compiler.version,
    files: await Promise.all([ADDON, ...tensorflow.libraries].map((path) => describeFile(workshop, path))),
  };
  await writeBuild(workshop, build);
  await removeFolder(`${workshop}/downloads`);
  await removeFolder(folder);
  renameDurably(workshop, folder);
  return build;
}

/** Opens the addon in a process of its own, with no more permissions than a training run has. */
async function selfCheck(folder: string, tensorflow: TensorflowLibraries, run: RunProgram): Promise<SelfCheck> {
  const places = [folder, ...tensorflow.libraries.map((path) => filePath(folder, path))].join(",");
  const output = await mustRun(run, {
    program: Deno.execPath(),
    args: [
      "run",
      "--no-prompt",
      "--quiet",
      `--allow-ffi=${folder}`,
      `--allow-read=${places}`,
      `--allow-env=${TENSORFLOW_VARIABLES}`,
      fileURLToPath(new URL("self_check.ts", import.meta.url)),
      folder,
    ],
    purpose: "compute with the TensorFlow addon",
    fix: "run the setup again, or choose another --source",
  });
  return JSON.parse(output.trim().split("\n").at(-1)!) as SelfCheck;
}

/** Empties the folder but for downloads that may be used again. */
async function clear(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for await (const entry of Deno.readDir(folder)) {
    if (entry.name !== "downloads") await Deno.remove(`${folder}/${entry.name}`, { recursive: true });
  }
}
