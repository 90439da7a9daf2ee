/**
 * Making and removing the Python of `--backend torch`: an environment in `.cache/torch` with pinned packages, or one that
 * looks into an environment the user has. It appears whole; until then the work lies in `.cache/torch.part`.
 *
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { BenchError } from "../errors.ts";
import { isPresent } from "../files/read.ts";
import { renameDurably } from "../files/write.ts";
import { mustRun, type RunProgram, runProgram } from "../tensorflow/programs.ts";
import { defaultFolder, interpreterOf, PINNED_PACKAGES, SETUP_COMMAND } from "./environment.ts";
import type { SelfCheck } from "./self_check.ts";
import type { WorkerDescription } from "./worker_process.ts";

/** What the environment computes on. */
export type TorchBuild = "cpu" | "cuda";

/** Options of {@link setupTorch}. */
export interface TorchSetupOptions {
  /** Which packages are installed; PyTorch's own index has the builds for CPUs. */
  readonly build: TorchBuild;
  /** A Python whose packages are used as they are; nothing is installed then. */
  readonly python?: string | undefined;
  readonly folder?: string;
  readonly run?: RunProgram;
  readonly note?: (text: string) => void;
  /** Default: this one. */
  readonly system?: typeof Deno.build.os;
}

/** An environment that works. */
export interface TorchSetup {
  readonly interpreter: string;
  readonly description: WorkerDescription;
  /** Whether it was made now. */
  readonly made: boolean;
}

/** Makes environments, where the user names none. */
const PYTHON = "python3";
/** Builds for CPUs, a tenth of the size of those of PyPI. */
const CPU_INDEX = "https://download.pytorch.org/whl/cpu";
/** Names the folders of a Python's packages, as JSON. */
const PACKAGE_FOLDERS = "import json, sys; " +
  "print(json.dumps([path for path in sys.path if path.endswith(('site-packages', 'dist-packages'))]))";
/** Where a Python keeps its own. */
const OWN_FOLDER = "import sysconfig; print(sysconfig.get_path('purelib'))";
/** Runs a program, in place of a permission to run what was just written. */
const RUN_ANOTHER = "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode)";
/** A file of this kind adds folders to those where an environment looks. */
const PATH_FILE = "soft_grpo_bench.pth";

/**
 * Makes the environment, or finds that it is there already and works.
 *
 * @throws {BenchError} If Python or pip fails, or the packages are missing or of other versions, with what to do
 */
export async function setupTorch(options: TorchSetupOptions): Promise<TorchSetup> {
  const { folder = defaultFolder(), python, run = runProgram, note = () => {}, system = Deno.build.os } = options;
  const interpreter = interpreterOf(folder);
  if (python === undefined && isPresent(interpreter)) {
    const found = await selfCheck(interpreter, run);
    if ("description" in found) return { interpreter, description: found.description, made: false };
  }
  const part = partOf(folder);
  await removeFolder(part);
  const base = python === undefined ? PYTHON : resolve(python);
  const another = async (program: string, args: readonly string[], purpose: string, fix: string) =>
    await mustRun(run, { program: base, args: ["-c", RUN_ANOTHER, program, ...args], purpose, fix });
  await mustRun(run, {
    program: base,
    args: ["-m", "venv", ...(python === undefined ? [] : ["--without-pip"]), part],
    purpose: "make a Python environment",
    fix: "install Python 3.11 or later with its venv module, or name one with --python",
  });
  if (python === undefined) {
    note(`installing ${PINNED_PACKAGES.join(", ")}: ${DOWNLOAD_SIZE[options.build]} to download`);
    const other = options.build === "cpu"
      ? `, or take PyPI's build (${DOWNLOAD_SIZE.cuda}), which computes on CPUs too: ${SETUP_COMMAND} --cuda`
      : "";
    const fix =
      `see the network and pip's settings, or name a Python that has it: ${SETUP_COMMAND} --python PATH${other}`;
    await another(interpreterOf(part), pipArguments(options.build, system), "install PyTorch", fix);
  } else {
    const fix = "name another Python with --python";
    const theirs: string[] = JSON.parse(
      await mustRun(run, { program: base, args: ["-c", PACKAGE_FOLDERS], purpose: "find its packages", fix }),
    );
    const own = (await another(interpreterOf(part), ["-c", OWN_FOLDER], "ask the environment for its folder", fix))
      .trim();
    await Deno.writeTextFile(`${own}/${PATH_FILE}`, theirs.map((path) => `${path}\n`).join(""));
  }
  // Nothing that does not work takes the place of what did.
  const found = await selfCheck(interpreterOf(part), run);
  if ("error" in found) throw new BenchError(found.error.replace(interpreterOf(part), base));
  await removeFolder(folder);
  renameDurably(part, folder);
  return { interpreter, description: found.description, made: true };
}

/** Removes all that {@link setupTorch} made. @returns whether there was anything */
export async function removeTorch(folder: string = defaultFolder()): Promise<boolean> {
  const removed = [await removeFolder(folder), await removeFolder(partOf(folder))];
  return removed.includes(true);
}

const DOWNLOAD_SIZE: Readonly<Record<TorchBuild, string>> = { cpu: "about 300 MB", cuda: "about 3 GB" };

function pipArguments(build: TorchBuild, system: typeof Deno.build.os): string[] {
  // macOS has builds for the CPU alone, on PyPI.
  const own = build === "cpu" && system !== "darwin";
  const packages = PINNED_PACKAGES.map((name) => own && name.startsWith("torch==") ? `${name}+cpu` : name);
  const index = own ? ["--extra-index-url", CPU_INDEX] : [];
  return ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...index, ...packages];
}

/** Starts a worker in a process that may run that interpreter, and nothing else. */
async function selfCheck(interpreter: string, run: RunProgram): Promise<SelfCheck> {
  const output = await mustRun(run, {
    program: Deno.execPath(),
    args: [
      "run",
      "--no-prompt",
      "--quiet",
      "--allow-read",
      `--allow-run=${interpreter}`,
      fileURLToPath(new URL("self_check.ts", import.meta.url)),
      interpreter,
    ],
    purpose: "start a worker of PyTorch",
    fix: "run the setup again",
  });
  return JSON.parse(output.trim().split("\n").at(-1)!) as SelfCheck;
}

function partOf(folder: string): string {
  return `${folder}.part`;
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
