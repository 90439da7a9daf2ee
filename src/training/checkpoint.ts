/**
 * A training run between two steps as a folder `step-N`: the model in Hugging Face format, or the adapter that is trained in
 * peft's, beside it AdamW's moments, the training curve so far, and `state.json`, which says of whose run and after which step it is, and the SHA-256 of each of
 * its files. The last one is kept, and a regular one before it: where one was damaged, training goes on from the other.
 *
 * Random streams are named by step and position, so the step is all there is to know of them.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { ADAPTER_FILE, loadAdapter, saveAdapter } from "../checkpoint/adapter.ts";
import { type Checkpoint, loadCheckpoint } from "../checkpoint/checkpoint.ts";
import { WEIGHTS_FILE } from "../checkpoint/stored_tensors.ts";
import { type ModelCard, saveCheckpoint } from "../checkpoint/writer.ts";
import type { AdapterConfig } from "../models/adapter.ts";
import type { HostTensor, LanguageModel, NamedTensors } from "../models/language_model.ts";
import { readJsonLines } from "../files/json_lines.ts";
import { fileSha256 } from "../files/hash.ts";
import { readBytesIfPresent } from "../files/read.ts";
import { writeDurably } from "../files/write.ts";
import { readSafetensorsHeader, readStoredTensor, writeSafetensorsMeanwhile } from "../checkpoint/safetensors.ts";
import type { CurvePoint } from "./curve.ts";

const MOMENTS_FILE = "optimizer.safetensors";
const CURVE_FILE = "curve.jsonl";
const ROLLOUTS_FILE = "rollouts.jsonl";
const STATE_FILE = "state.json";
const STEP_FOLDER = /^step-([1-9]\d*)$/;
/** What a save that was killed leaves behind. */
const UNFINISHED_FOLDER = /^step-\d+\.(saving|replaced)$/;

const STATE = z.strictObject({
  step: z.int().min(1),
  /** Whose training it is. */
  run: z.string(),
  /** SHA-256 by file name, of all files but this one. */
  files: z.record(z.string(), z.string()),
});

/** What a checkpoint is saved of, beside the model. */
export interface TrainingState {
  /** Names the run: a checkpoint of another is not taken. */
  readonly run: string;
  /** Names the base model, where an adapter is trained: what its folder tells peft (default the base's folder). */
  readonly baseName?: string;
  /** A point per step, from the first one on. */
  readonly curve: readonly CurvePoint[];
  /** Completions drawn so far, as lines of text (absent: none are kept). */
  readonly rollouts?: string;
  /** Steps between regular checkpoints; others are saved where training is interrupted, and at its end. */
  readonly every: number;
}

/** Where training goes on. */
export interface RestoredTraining {
  /** The curve up to the step that was saved last; empty where there is nothing to go on from. */
  readonly curve: CurvePoint[];
  /** Completions drawn up to there, as lines of text; absent where none were kept. */
  readonly rollouts?: string;
  /** Which checkpoints were not taken, and why; one line each. */
  readonly notes: readonly string[];
}

/**
 * Saves the state after the curve's last step, and then removes the checkpoints before it but for the last regular one, and
 * what a killed save left behind. So an interruption leaves no trace.
 *
 * @param base the checkpoint that training started from: its configuration and tokenizer are kept
 * @returns the SHA-256 of what was trained
 */
export async function saveTrainingCheckpoint(
  folder: string,
  { run, curve, rollouts, every, baseName }: TrainingState,
  model: LanguageModel,
  base: Checkpoint,
  card: ModelCard,
): Promise<string> {
  const step = curve.length;
  const { config, adapter } = model;
  const moments = await model.optimizerState();
  const weights = await model.weights();
  const shared = {
    config,
    card,
    files: new Map([
      [CURVE_FILE, curve.map((point) => JSON.stringify(point) + "\n").join("")],
      ...(rollouts === undefined ? [] : [[ROLLOUTS_FILE, rollouts] as const]),
    ]),
    populate: async (temporary: string, sha256: string) => {
      const tensors = new Map([...prefixed("first.", moments.first), ...prefixed("second.", moments.second)]);
      await writeSafetensorsMeanwhile(`${temporary}/${MOMENTS_FILE}`, tensors, shapesOf(tensors), "F32");
      const state = { step, run, files: await fileHashes(temporary, { [trainedFile(adapter)]: sha256 }) };
      writeDurably(`${temporary}/${STATE_FILE}`, JSON.stringify(state, null, 2) + "\n");
    },
  };
  const path = stepFolder(folder, step);
  const sha256 = adapter === undefined
    ? await saveCheckpoint(path, {
      ...shared,
      configJson: base.configJson,
      weights,
      ...(base.foreign !== undefined && { shapes: shapesOf(weights) }),
      dtype: "F32",
      companionsFrom: base.folder,
    }, { replace: true })
    : await saveAdapter(path, { ...shared, adapter, tensors: weights, base: baseName ?? base.folder }, {
      replace: true,
    });
  removeOutdatedCheckpoints(folder, step, every);
  return sha256;
}

/**
 * Removes the checkpoints before that of `step` but for the last regular one, and what a killed save left behind; where the
 * removal was killed itself, the rest of it.
 *
 * @param every steps between regular checkpoints
 */
export function removeOutdatedCheckpoints(folder: string, step: number, every: number): void {
  const earlier = stepsSaved(folder).filter((saved) => saved < step);
  const fallback = earlier.findLast((saved) => saved % every === 0);
  const outdated = earlier.filter((saved) => saved !== fallback).map((saved) => stepFolder(folder, saved));
  const unfinished = [...Deno.readDirSync(folder)].filter(({ name }) => UNFINISHED_FOLDER.test(name));
  for (const path of [...outdated, ...unfinished.map(({ name }) => `${folder}/${name}`)]) {
    Deno.removeSync(path, { recursive: true });
  }
}

/**
 * Puts the last whole checkpoint of a run back into the model. Every file is compared with its hash first; a checkpoint
 * that was damaged, or is of another run, is left where it is, and the one before it is taken.
 *
 * @param last no checkpoint after this step is taken
 */
export async function restoreTrainingCheckpoint(
  folder: string,
  run: string,
  model: LanguageModel,
  last = Infinity,
): Promise<RestoredTraining> {
  const notes: string[] = [];
  for (const step of stepsSaved(folder).filter((saved) => saved <= last).reverse()) {
    const path = stepFolder(folder, step);
    const [first] = await checkpointFaults(path, step, run);
    if (first !== undefined) {
      notes.push(`${path} is not taken: ${first.file} ${first.fault}`);
      continue;
    }
    const rollouts = rolloutsIn(path);
    return { curve: await restore(path, model), ...(rollouts !== "" && { rollouts }), notes };
  }
  return { curve: [], notes };
}

async function restore(path: string, model: LanguageModel): Promise<CurvePoint[]> {
  const weights = model.adapter === undefined
    ? (await loadCheckpoint(path, { foreign: true })).weights
    : (await loadAdapter(path, model.config)).tensors;
  const moments = readTensors(`${path}/${MOMENTS_FILE}`);
  await model.restore(weights, { first: unprefixed("first.", moments), second: unprefixed("second.", moments) });
  return readJsonLines<CurvePoint>(curvePath(path)).rows;
}

/** The completions that a checkpoint's folder holds, as lines of text; empty where it holds none. */
export function rolloutsIn(folder: string): string {
  return new TextDecoder().decode(readBytesIfPresent(`${folder}/${ROLLOUTS_FILE}`));
}

/** The training curve in a checkpoint's folder, one line a step. */
export function curvePath(folder: string): string {
  return `${folder}/${CURVE_FILE}`;
}

/** The file in a checkpoint's folder that holds what was trained. */
export function trainedFile(adapter: AdapterConfig | undefined): string {
  return adapter === undefined ? WEIGHTS_FILE : ADAPTER_FILE;
}

/** Folder of the checkpoint after `step`. */
export function stepFolder(folder: string, step: number): string {
  return `${folder}/step-${step}`;
}

/** What is wrong with one file of a checkpoint. */
export interface CheckpointFault {
  /** Name of the file. */
  readonly file: string;
  /** In a few words, behind the name. */
  readonly fault: string;
}

/**
 * What keeps a checkpoint from being gone on from: files that are missing, changed or foreign.
 *
 * @param step the step that its folder is named by
 * @param run whose it is to be
 * @param options.contents whether files are read, each in whole, or only looked for (default true)
 * @returns none where it is whole
 */
export async function checkpointFaults(
  path: string,
  step: number,
  run: string,
  { contents = true }: { readonly contents?: boolean } = {},
): Promise<CheckpointFault[]> {
  const ofState = (fault: string): CheckpointFault[] => [{ file: STATE_FILE, fault }];
  const state = readState(`${path}/${STATE_FILE}`);
  if (state === undefined) return ofState("is missing or damaged");
  if (state.step !== step) return ofState(`is of step ${state.step}`);
  if (state.run !== run) return ofState("is of another run");
  const found = await fileHashes(path, contents ? {} : state.files);
  const faults: CheckpointFault[] = Object.entries(state.files).flatMap(([file, sha256]) => {
    if (found[file] === undefined) return [{ file, fault: "is missing" }];
    return found[file] === sha256 ? [] : [{ file, fault: "has changed since it was saved" }];
  });
  const foreign = Object.keys(found).filter((file) => file !== STATE_FILE && state.files[file] === undefined);
  faults.push(...foreign.map((file) => ({ file, fault: "was not saved with it" })));
  if (faults.length > 0 || !contents) return faults;
  const { length } = readJsonLines(curvePath(path)).rows;
  return length === step ? [] : [{ file: CURVE_FILE, fault: `has ${length} steps` }];
}

function readState(path: string): z.infer<typeof STATE> | undefined {
  try {
    const { data } = STATE.safeParse(JSON.parse(Deno.readTextFileSync(path)));
    return data;
  } catch {
    // Whatever it is, nothing can be made of it.
    return undefined;
  }
}

/**
 * SHA-256 by name of the files of a folder; what is no file has no hash.
 *
 * @param known hashes that need not be computed again
 */
async function fileHashes(
  folder: string,
  known: Readonly<Record<string, string>> = {},
): Promise<Record<string, string>> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  const hashes: [string, string][] = [];
  for (const name of names) {
    const { isFile } = Deno.lstatSync(`${folder}/${name}`);
    hashes.push([name, isFile ? known[name] ?? await fileSha256(`${folder}/${name}`) : "no file"]);
  }
  return Object.fromEntries(hashes);
}

/** Steps of which there are checkpoints, whole or not, rising. */
export function stepsSaved(folder: string): number[] {
  let entries: Deno.DirEntry[];
  try {
    entries = [...Deno.readDirSync(folder)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  const steps = entries.flatMap(({ name }) => STEP_FOLDER.exec(name)?.slice(1).map(Number) ?? []);
  return steps.sort((a, b) => a - b);
}

function readTensors(path: string): NamedTensors {
  return new Map(
    [...readSafetensorsHeader(path)].map(([name, stored]) => [name, readStoredTensor(path, name, stored)]),
  );
}

function shapesOf(tensors: NamedTensors): Map<string, readonly number[]> {
  return new Map([...tensors].map(([name, { shape }]) => [name, shape]));
}

function prefixed(prefix: string, tensors: NamedTensors): [string, HostTensor][] {
  return [...tensors].map(([name, tensor]) => [prefix + name, tensor]);
}

function unprefixed(prefix: string, tensors: NamedTensors): NamedTensors {
  return new Map(
    [...tensors].flatMap(([name, tensor]) => name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : []),
  );
}
