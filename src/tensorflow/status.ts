/**
 * What this machine has for the native TensorFlow backend, and what fixes what it lacks: the facts that `doctor` shows.
 * Nothing is downloaded, made or loaded.
 *
 * @module
 */
import { buildFault, defaultFolder, readBuild, SETUP_COMMAND, type TensorflowBuild } from "./build.ts";
import { findCompiler } from "./compile.ts";
import { nvidiaCards, nvidiaDriver } from "./nvidia.ts";
import { type RunProgram, runProgram } from "./programs.ts";
import { recipeOf } from "./recipe.ts";

/** One thing that the backend needs, or needs to be made. */
export interface TensorflowFact {
  readonly name: "build" | "compiler" | "pip" | "NVIDIA driver" | "CUDA libraries";
  /** What was found; undefined where it is missing. */
  readonly found: string | undefined;
  /** What to do where it is missing and wanted. */
  readonly fix: string | undefined;
}

/** Whether the backend can be used, and why. */
export interface TensorflowStatus {
  /** A whole build of this version is there; whether it computes is for a small computation to say. */
  readonly ready: boolean;
  readonly facts: readonly TensorflowFact[];
}

/**
 * Looks at the build, and at what making one needs.
 *
 * @example
 * ```ts
 * const { ready, facts } = await tensorflowStatus("/nowhere");
 * console.assert(!ready && facts[0].fix === "deno task setup:tensorflow");
 * ```
 */
export async function tensorflowStatus(
  folder: string = defaultFolder(),
  run: RunProgram = runProgram,
): Promise<TensorflowStatus> {
  const careful: RunProgram = (program, args) => run(program, args).catch(unlessForbidden);
  const [build, fault] = await currentBuild(folder);
  const [compiler, pip, driver, cards] = await Promise.all([
    findCompiler(careful),
    careful("python3", ["-m", "pip", "--version"]),
    nvidiaDriver(),
    nvidiaCards(),
  ]);
  const cuda = build?.device === "cuda";
  return {
    ready: build !== undefined && fault === undefined,
    facts: [
      {
        name: "build",
        found: build && fault === undefined
          ? `TensorFlow ${build.tensorflow} (${build.source}) for ${build.device}`
          : undefined,
        fix: fault,
      },
      { name: "compiler", found: compiler?.version, fix: compiler ? undefined : "apt-get install g++" },
      {
        name: "pip",
        found: pip?.code === 0 ? pip.stdout.trim().split(" ").slice(0, 2).join(" ") : undefined,
        fix: pip?.code === 0 ? undefined : `apt-get install python3-pip, or ${SETUP_COMMAND} --from WHEELS`,
      },
      {
        name: "NVIDIA driver",
        found: driver && [driver, ...cards].join(", "),
        fix: driver ? undefined : "needed for --cuda only: install the driver",
      },
      {
        name: "CUDA libraries",
        found: cuda ? "in the build" : undefined,
        fix: driver !== undefined && !cuda ? `${SETUP_COMMAND} --cuda` : undefined,
      },
    ],
  };
}

async function currentBuild(folder: string): Promise<[TensorflowBuild | undefined, string | undefined]> {
  try {
    const build = await readBuild(folder);
    if (build === undefined) return [undefined, SETUP_COMMAND];
    const setup = `${SETUP_COMMAND} --${build.device}`;
    if (build.recipe !== recipeOf(build)) return [build, `it is of other versions: ${setup}`];
    const fault = await buildFault(folder, build);
    return [build, fault && `${fault}: ${setup}`];
  } catch (error) {
    return [undefined, error instanceof Error ? error.message : String(error)];
  }
}

/** A look that the permissions do not allow finds nothing. */
function unlessForbidden(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotCapable)) throw error;
}
