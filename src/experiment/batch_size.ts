/**
 * How many sequences a backend decodes at once. Where that follows from the memory that happened to be free, it is chosen
 * once and kept with the run: on such a backend numbers depend on the sizes of its batches.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import type { ModelConfig } from "../models/model_config.ts";
import { readTextIfPresent } from "../files/read.ts";
import { hashedFileFault, writeHashedFile } from "../files/hashed_file.ts";
import { BenchError } from "../errors.ts";
import { gigabytesText } from "../text/numbers.ts";
import type { OpenedModel } from "./open_model.ts";
import type { ResolvedExperimentConfig } from "./resolve.ts";
import type { RunFolder } from "./run_folder.ts";
import { fit, torchLayout, workload } from "./workload.ts";

const FILE = "batch_size.json";
const SIZES = z.strictObject({ sequences: z.int().min(1) });

/**
 * Most sequences decoded at once; undefined where the backend leaves it to the caller.
 *
 * @param promptTokens longest prompt
 * @throws {BenchError} If the device has no room for one
 */
export async function sequencesAtOnce(
  folder: RunFolder,
  { model, devices }: OpenedModel,
  config: ResolvedExperimentConfig,
  checkpoint: ModelConfig,
  promptTokens: number,
): Promise<number | undefined> {
  if (devices === undefined) return undefined;
  const path = `${folder.path}/${FILE}`;
  const stored = await readTextIfPresent(path);
  if (stored !== undefined) return readSizes(stored, path);
  const pieces = devices.shard ? devices.free.length : 1;
  const work = workload(config, checkpoint, [], promptTokens, torchLayout(devices.dtype, pieces));
  const free = Math.min(...devices.free);
  const { fits, sequences, needed, usable } = fit(work, free);
  if (!fits) {
    throw new BenchError(
      `Cannot run ${config.name} on ${model.backend}: it needs about ${gigabytesText(needed)} with one sequence, ` +
        `${gigabytesText(usable)} are free on a device; take a smaller model or --max-new-tokens, or --shard with ` +
        `--devices N, see --dry-run`,
    );
  }
  const sizes = { sequences: sequences * devices.free.length };
  writeHashedFile(path, JSON.stringify(sizes) + "\n");
  return sizes.sequences;
}

function readSizes(text: string, path: string): number {
  const fault = hashedFileFault(path);
  if (fault !== undefined) {
    throw new BenchError(`Cannot go on: ${fault}; remove the folder to begin anew`);
  }
  return SIZES.parse(JSON.parse(text)).sequences;
}
