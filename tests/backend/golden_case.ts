/** The checkpoints and float64 goldens of tests/golden/models (see generate.py and reference.py there). */
import { assert, assertEquals } from "@std/assert";
import { type Checkpoint, loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import type { InputRows, TrainingGroup } from "../../src/models/language_model.ts";
import type { RowLoss } from "../../src/models/readings.ts";
import { readSafetensorsHeader, readStoredTensor } from "../../src/checkpoint/safetensors.ts";

export const GOLDEN_MODELS = "tests/golden/models";

export const CASE_NAMES = [
  "qwen2_f32_tied",
  "qwen2_bf16_sharded",
  "qwen3_f16_untied",
  "qwen3_bf16_tied",
  "llama_bf16_tied",
  "llama_f32_linear",
] as const;

interface StoredRows {
  readonly ids: number[][];
  readonly weights: number[][];
  readonly offset?: number[][];
}

export interface GoldenCase {
  readonly name: string;
  readonly checkpoint: Checkpoint;
  readonly ids: Int32Array;
  /** (T, V). */
  readonly logits: number[][];
  readonly greedy: number[];
  readonly mixture: InputRows;
  readonly mixtureLogits: number[];
  /** One row without ids, fed after the mixture. */
  readonly offset: InputRows;
  readonly offsetLogits: number[];
  readonly groups: TrainingGroup[];
  readonly loss: number;
  readonly adamW: { rate: number; beta1: number; beta2: number; epsilon: number; decay: number; max_norm: number };
  /** Gradient norms before clipping of three updates. */
  readonly norms: number[];
  /** `gradient.…`, `gradient_with_inputs.…`, `trained.…`. */
  tensor(name: string): Float32Array;
}

export async function loadGoldenCase(name: string): Promise<GoldenCase> {
  const folder = `${GOLDEN_MODELS}/${name}`;
  const checkpoint = await loadCheckpoint(folder);
  const stored = JSON.parse(await Deno.readTextFile(`${folder}/golden.json`));
  const path = `${folder}/golden.safetensors`;
  const header = readSafetensorsHeader(path);
  return {
    name,
    checkpoint,
    ids: Int32Array.from(stored.ids),
    logits: stored.logits,
    greedy: stored.greedy,
    mixture: toRows({
      ids: [stored.mixture.map(([id]: [number, number]) => id)],
      weights: [stored.mixture.map(([, weight]: [number, number]) => weight)],
    }),
    mixtureLogits: stored.mixture_logits,
    offset: toRows({ ids: [[7]], weights: [[0]], offset: [stored.offset] }),
    offsetLogits: stored.offset_logits,
    groups: stored.groups.map((group: { prompt: number[]; completions: StoredRows[] }) => ({
      prompt: Int32Array.from(group.prompt),
      completions: group.completions.map(toRows),
    })),
    loss: stored.loss,
    adamW: stored.adam_w,
    norms: stored.norms,
    tensor: (tensor) => readStoredTensor(path, tensor, header.get(tensor)!).data,
  };
}

function toRows({ ids, weights, offset }: StoredRows): InputRows {
  return {
    count: ids.length,
    width: ids[0]?.length ?? 1,
    ids: Int32Array.from(ids.flat()),
    weights: Float32Array.from(weights.flat()),
    ...(offset && { offset: Float32Array.from(offset.flat()) }),
  };
}

/** `group_loss` of generate.py: cos(1 + .37 g + .61 c + .29 t + .17 v) z + .05 z² over all scored logits z. */
export function goldenLoss(vocabularySize: number): { visit: RowLoss; total: () => number } {
  let total = 0;
  const reads = { at: Int32Array.from({ length: vocabularySize }, (_, id) => id) };
  const visit: RowLoss = {
    reads: () => reads,
    score({ group, completion, action }, { at }) {
      const factor = (v: number) => Math.cos(1 + 0.37 * group + 0.61 * completion + 0.29 * action + 0.17 * v);
      at!.forEach((logit, v) => total += factor(v) * logit + 0.05 * logit ** 2);
      return { at: Float64Array.from(at!, (logit, v) => factor(v) + 0.1 * logit) };
    },
  };
  return { visit, total: () => total };
}

/** Every element within `tolerance` times the largest magnitude that is expected. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  assertEquals(actual.length, expected.length, `${what}: length`);
  let largest = 0, worst = 0, at = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]));
    const difference = Math.abs(actual[i] - expected[i]);
    // Written so that NaN counts as worst.
    if (!(difference <= worst)) [worst, at] = [difference, i];
  }
  assert(
    worst <= tolerance * largest,
    `${what}[${at}]: found ${actual[at]}, expected ${expected[at]} within ${tolerance * largest}`,
  );
}
