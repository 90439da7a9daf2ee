/**
 * Where the Python of `--backend torch` is, and which versions it must hold.
 *
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { BenchError } from "../errors.ts";

/** The command that makes the environment. */
export const SETUP_COMMAND = "deno task setup:torch";

/** What is installed where nothing is there yet; tested together. */
export const PINNED_PACKAGES = ["torch==2.15.0", "transformers==5.23.0", "peft==0.21.2", "numpy==2.4.6"] as const;

/** The oldest versions whose interfaces the worker uses; below the next major one nothing else is refused. */
const LEAST_VERSIONS = { torch: [2, 11], transformers: [5, 17] } as const;

/** The folder that permission sets name: `.cache/torch` where the program runs. */
export function defaultFolder(): string {
  return resolve(".cache/torch");
}

/** The interpreter of an environment's folder. */
export function interpreterOf(folder: string): string {
  return Deno.build.os === "windows" ? `${folder}\\Scripts\\python.exe` : `${folder}/bin/python`;
}

/**
 * The program that the interpreter runs.
 *
 * @throws {BenchError} If this code does not lie on the disk, where a Python could read it
 */
export function workerScript(): string {
  const url = new URL("./worker/worker.py", import.meta.url);
  if (url.protocol !== "file:") {
    throw cannotUse(`its worker lies at ${url}, where Python cannot read it; install the package to the disk`);
  }
  return fileURLToPath(url);
}

/** Environment of the worker: nothing is fetched, nothing is left beside its files, and cuBLAS repeats its sums. */
export const WORKER_VARIABLES = {
  CUBLAS_WORKSPACE_CONFIG: ":4096:8",
  HF_HUB_OFFLINE: "1",
  HF_HUB_DISABLE_PROGRESS_BARS: "1",
  HF_HUB_DISABLE_TELEMETRY: "1",
  TRANSFORMERS_VERBOSITY: "error",
  // Threads that wait do not keep a core that others need.
  OMP_WAIT_POLICY: "PASSIVE",
  PYTHONDONTWRITEBYTECODE: "1",
  PYTHONUNBUFFERED: "1",
  PYTHONWARNINGS: "ignore",
  PYTORCH_ALLOC_CONF: "expandable_segments:True",
} as const;

/** What a worker says of its Python. */
export interface TorchVersions {
  readonly python: string;
  readonly torch: string;
  readonly transformers: string;
}

/**
 * Refuses versions that the worker was not written for.
 *
 * @throws {BenchError} That names the version found and the one expected
 */
export function requireVersions(versions: TorchVersions): void {
  for (const name of ["torch", "transformers"] as const) {
    const [major, minor] = versions[name].split(".").map(Number);
    const [leastMajor, leastMinor] = LEAST_VERSIONS[name];
    if (major === leastMajor && minor >= leastMinor) continue;
    throw cannotUse(
      `found ${name} ${versions[name]}, expected at least ${leastMajor}.${leastMinor} and below ${leastMajor + 1}; ` +
        `run: ${SETUP_COMMAND}`,
    );
  }
}

/** Why the backend cannot be used. */
export function cannotUse(reason: string): BenchError {
  return new BenchError(`Cannot use the backend torch: ${reason}`);
}
