/**
 * Native TensorFlow as a tfjs backend: opens the addon of a build and registers its kernels with the one tfjs-core of
 * this program.
 *
 * The kernels are those of npm's tfjs-node-gpu, imported past its index, which would look for the addon in its own
 * folder and take its own tfjs. Both sides import tfjs-core by the same version, so Deno loads it once.
 *
 * @module
 */
import { createRequire } from "node:module";
import { resolve } from "node:path";
import util from "node:util";
import * as tf from "npm:@tensorflow/tfjs-core@4.22.0";
import { BenchError } from "../errors.ts";
import { ADDON, buildFault, defaultFolder, readBuild, SETUP_COMMAND } from "./build.ts";
import { prepareEnvironment, productPrecision } from "./environment.ts";
import { nvidiaCards, nvidiaDriver } from "./nvidia.ts";
import { TFJS_NODE } from "./pins.ts";
import { recipeOf } from "./recipe.ts";

/** Name under which the backend is registered: `await tf.setBackend(TENSORFLOW_BACKEND)`. */
export const TENSORFLOW_BACKEND = "tensorflow";

/** Facts of a loaded build, for the result file: versions, device, and with a GPU its driver, cards and precision. */
export type TensorflowDetails = Readonly<Record<string, string>>;

/** What the addon says of itself. */
export interface Addon {
  readonly TF_Version: string;
  isUsingGpuDevice(): boolean;
}

/**
 * Registers the backend `tensorflow` of the build in `folder`. Nothing is downloaded or made; a second call changes
 * nothing.
 *
 * @param folder of `deno task setup:tensorflow`
 * @returns facts for the result file
 * @throws {BenchError} If there is no build, it is of another version, it is damaged, it cannot be opened, or it was
 * made for a GPU and finds none; with the command that fixes it
 */
export async function loadTensorflow(folder: string = defaultFolder()): Promise<TensorflowDetails> {
  const build = await readBuild(folder);
  if (build === undefined) throw cannotUse(`found no build of it in ${folder}; run: ${SETUP_COMMAND}`);
  const setup = `${SETUP_COMMAND} --${build.device}`;
  if (build.recipe !== recipeOf(build)) {
    throw cannotUse(`found a build of other versions in ${folder}; run: ${setup}`);
  }
  const fault = await buildFault(folder, build);
  if (fault !== undefined) throw cannotUse(`found a damaged build: ${fault}; run: ${setup}`);
  if (tf.findBackendFactory(TENSORFLOW_BACKEND) === null) {
    const addon = openAddon(folder);
    if (build.device === "cuda" && !addon.isUsingGpuDevice()) {
      throw cannotUse(
        `found no GPU that TensorFlow ${build.tensorflow} can use; see nvidia-smi and TensorFlow's lines above, ` +
          `or compute on the CPU after: ${SETUP_COMMAND} --cpu`,
      );
    }
    await registerBackend(addon);
  }
  const { tensorflow, device, source, compiler } = build;
  const details = { tensorflow, tfjsNode: TFJS_NODE.version, device, source, compiler };
  if (device === "cpu") return details;
  const [driver, cards] = await Promise.all([nvidiaDriver(), nvidiaCards()]);
  return { ...details, driver: driver ?? "unknown", cards: cards.join(", "), products: productPrecision() };
}

/**
 * Opens the compiled addon, and with it TensorFlow's libraries.
 *
 * @throws {BenchError} If a permission, the addon or a library is missing
 */
export function openAddon(folder: string): Addon {
  prepareEnvironment();
  try {
    return createRequire(import.meta.url)(resolve(folder, ADDON)) as Addon;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw cannotUse(`no permission to open ${folder}/${ADDON}: add --allow-ffi=${folder} and --allow-read=${folder}`);
    }
    const reason = String(error instanceof Error ? error.message : error).split("\n")[0];
    throw cannotUse(`${reason}; run: ${SETUP_COMMAND}`);
  }
}

/** Registers the kernels, and the backend that runs them on an addon. */
export async function registerBackend(addon: Addon): Promise<void> {
  // tfjs-node 4.22.0 calls two functions that Node 23 and Deno no longer have (tensorflow/tfjs#8425).
  Object.assign(util, {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  });
  const { NodeJSKernelBackend } = await import("npm:@tensorflow/tfjs-node-gpu@4.22.0/dist/nodejs_kernel_backend.js");
  await import("npm:@tensorflow/tfjs-node-gpu@4.22.0/dist/register_all_kernels.js");
  type Binding = ConstructorParameters<typeof NodeJSKernelBackend>[0];
  const backend = new NodeJSKernelBackend(addon as unknown as Binding, "@tensorflow/tfjs-node-gpu");
  tf.registerBackend(TENSORFLOW_BACKEND, () => backend as unknown as tf.KernelBackend);
}

function cannotUse(reason: string): BenchError {
  return new BenchError(`Cannot use the backend tensorflow: ${reason}`);
}
