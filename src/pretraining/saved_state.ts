/**
 * Pretraining between two updates as one file, so that an interrupted run goes on where it was.
 *
 * @module
 */
import { renameDurably } from "../files/write.ts";
import type { HostTensor, LanguageModel, NamedTensors } from "../models/language_model.ts";
import { readSafetensorsHeader, readStoredTensor, writeSafetensors } from "../checkpoint/safetensors.ts";

const STATE_FILE = /^step-(\d+)\.safetensors$/;
const PARTS = ["weights", "first", "second"] as const;

/** Saves weights and moments after `step` updates, and removes the states before. */
export async function saveState(folder: string, step: number, model: LanguageModel): Promise<void> {
  const { first, second } = await model.optimizerState();
  const parts = { weights: await model.weights(), first, second };
  const tensors = new Map<string, HostTensor>();
  for (const part of PARTS) {
    for (const [name, tensor] of parts[part]) tensors.set(`${part}/${name}`, tensor);
  }
  const shapes = new Map(Array.from(tensors, ([name, { shape }]) => [name, shape]));
  Deno.mkdirSync(folder, { recursive: true });
  const earlier = savedSteps(folder);
  const path = statePath(folder, step);
  writeSafetensors(`${path}.tmp`, tensors, shapes, "F32");
  renameDurably(`${path}.tmp`, path);
  for (const old of earlier) if (old !== step) Deno.removeSync(statePath(folder, old));
}

/**
 * Puts the latest saved state back into the model.
 *
 * @returns updates done before, 0 where nothing was saved
 */
export async function restoreState(folder: string, model: LanguageModel): Promise<number> {
  const step = Math.max(0, ...savedSteps(folder));
  if (step === 0) return 0;
  const path = statePath(folder, step);
  const [weights, first, second] = PARTS.map((part): NamedTensors =>
    new Map(
      [...readSafetensorsHeader(path)].filter(([name]) => name.startsWith(`${part}/`))
        .map(([name, stored]) => [name.slice(part.length + 1), readStoredTensor(path, name, stored)]),
    )
  );
  await model.restore(weights, { first, second });
  return step;
}

function statePath(folder: string, step: number): string {
  return `${folder}/step-${step}.safetensors`;
}

function savedSteps(folder: string): number[] {
  try {
    return [...Deno.readDirSync(folder)].flatMap(({ name }) => STATE_FILE.exec(name)?.[1] ?? []).map(Number);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
