/**
 * A training run between two steps as a folder `step-N`: the model in Hugging Face format, beside it AdamW's moments and
 * the training curve so far.
 *
 * Random streams are named by step and position, so the step is all there is to know of them.
 *
 * @module
 */
import { type Checkpoint, loadCheckpoint } from "../checkpoint/checkpoint.ts";
import { type ModelCard, saveCheckpoint } from "../checkpoint/writer.ts";
import type { HostTensor, LanguageModel, NamedTensors } from "../models/language_model.ts";
import { readJsonLines } from "../files/json_lines.ts";
import { readSafetensorsHeader, readStoredTensor, writeSafetensors } from "../checkpoint/safetensors.ts";
import type { CurvePoint } from "./curve.ts";

const MOMENTS_FILE = "optimizer.safetensors";
const CURVE_FILE = "curve.jsonl";
const STEP_FOLDER = /^step-(\d+)$/;

/**
 * Saves the state after the curve's last step and removes the checkpoints before it.
 *
 * @param curve a point per step, from the first one on
 * @param base the checkpoint that training started from: its configuration and tokenizer are kept
 * @returns the SHA-256 of the saved weights
 */
export async function saveTrainingCheckpoint(
  folder: string,
  curve: readonly CurvePoint[],
  model: LanguageModel,
  base: Checkpoint,
  card: ModelCard,
): Promise<string> {
  const step = curve.length;
  const moments = await model.optimizerState();
  const sha256 = await saveCheckpoint(stepFolder(folder, step), {
    config: model.config,
    configJson: base.configJson,
    weights: await model.weights(),
    dtype: "F32",
    companionsFrom: base.folder,
    card,
    files: new Map([[CURVE_FILE, curve.map((point) => JSON.stringify(point) + "\n").join("")]]),
    // deno-lint-ignore require-await
    populate: async (temporary) => {
      const tensors = new Map([...prefixed("first.", moments.first), ...prefixed("second.", moments.second)]);
      const shapes = new Map([...tensors].map(([name, tensor]) => [name, tensor.shape]));
      writeSafetensors(`${temporary}/${MOMENTS_FILE}`, tensors, shapes, "F32");
    },
  }, { replace: true });
  for (const earlier of stepsSaved(folder).filter((saved) => saved < step)) {
    Deno.removeSync(stepFolder(folder, earlier), { recursive: true });
  }
  return sha256;
}

/** The last step that was saved, or 0. */
export function lastSavedStep(folder: string): number {
  return Math.max(0, ...stepsSaved(folder));
}

/**
 * Puts the state after `step` back into the model.
 *
 * @returns the curve up to that step
 */
export async function restoreTrainingCheckpoint(
  folder: string,
  step: number,
  model: LanguageModel,
): Promise<CurvePoint[]> {
  const path = stepFolder(folder, step);
  const { weights } = await loadCheckpoint(path);
  const moments = readTensors(`${path}/${MOMENTS_FILE}`);
  await model.restore(weights, { first: unprefixed("first.", moments), second: unprefixed("second.", moments) });
  return readJsonLines<CurvePoint>(`${path}/${CURVE_FILE}`).rows;
}

/** Folder of the checkpoint after `step`. */
export function stepFolder(folder: string, step: number): string {
  return `${folder}/step-${step}`;
}

function stepsSaved(folder: string): number[] {
  try {
    return [...Deno.readDirSync(folder)].flatMap(({ name }) => {
      const step = STEP_FOLDER.exec(name)?.[1];
      return step === undefined ? [] : [Number(step)];
    });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function readTensors(path: string): NamedTensors {
  return new Map(
    [...readSafetensorsHeader(path)].map(([name, stored]) => [name, readStoredTensor(path, name, stored)]),
  );
}

function prefixed(prefix: string, tensors: NamedTensors): [string, HostTensor][] {
  return [...tensors].map(([name, tensor]) => [prefix + name, tensor]);
}

function unprefixed(prefix: string, tensors: NamedTensors): NamedTensors {
  return new Map(
    [...tensors].flatMap(([name, tensor]) => name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : []),
  );
}
