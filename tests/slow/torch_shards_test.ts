/**
 * A model in pieces on several processes of PyTorch, on the CPU through gloo. Needs `deno task setup:torch`; without it each
 * test says that it is skipped.
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { openModel } from "../../src/experiment/open_model.ts";
import type { LanguageModel } from "../../src/models/language_model.ts";
import type { RowLoss } from "../../src/models/readings.ts";
import { restoreTrainingCheckpoint, saveTrainingCheckpoint } from "../../src/training/checkpoint.ts";
import type { CurvePoint } from "../../src/training/curve.ts";
import { golden } from "../backend/algorithm_suite.ts";
import { testedBackend, torchModels } from "../backend/backends.ts";
import { testSeveralProcesses } from "../backend/several_processes.ts";

/** Two add up to the same in either order, and share even sizes evenly. */
const PROCESSES = 3;
/**
 * Of losses. Gradients in pieces are summed in a third order, and AdamW divides what rounding makes of small ones by their
 * own size: up to 1.1e-6 after an update of noisy embeddings, by processor.
 */
const PIECES_TOLERANCE = 4e-6;

const backend = await testedBackend("torch");
const ignore = backend.missing !== undefined;
const shards = ignore ? backend : { create: await torchModels({ devices: PROCESSES, shard: true }) };
testSeveralProcesses(`torch, in pieces on ${PROCESSES} gloo processes`, backend, shards, PIECES_TOLERANCE);

Deno.test({
  name: "torch, in pieces: one checkpoint is written, which any backend opens, and training goes on from it",
  ignore,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const { checkpoint } = golden;
    const model = await shards.create(checkpoint.config, checkpoint.weights);
    await step(model, 1);
    const run = { run: "r", curve: [{ step: 1 }] as unknown as CurvePoint[], every: 1 };
    await saveTrainingCheckpoint(folder, run, model, checkpoint, { title: "t", summary: "s", facts: [] });
    const second = await step(model, 2);

    const whole = await openModel(await loadCheckpoint(`${folder}/step-1`), { backend: "cpu-engine", workers: 1 });
    await restoreTrainingCheckpoint(folder, "r", whole.model);
    assertAlmostEquals(await step(whole.model, 2), second, NORM_TOLERANCE * second);
    await whole.dispose();

    await restoreTrainingCheckpoint(folder, "r", model);
    assertEquals(await step(model, 2), second);
    await model.dispose();
  },
});

/** Sums of two backends, in 32 bits. */
const NORM_TOLERANCE = 1e-5;

/** Pulls at one logit of every action. */
const ONE_LOGIT: RowLoss = {
  reads: () => ({ at: Int32Array.of(3) }),
  score: () => ({ at: Float64Array.of(1) }),
};

/** One update; its gradients' norm. */
async function step(model: LanguageModel, number: number): Promise<number> {
  await model.accumulate(golden.groups, ONE_LOGIT, { trainInputs: true });
  const norm = await model.update({
    learningRate: 1e-3,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0.01,
    maxGradientNorm: 1,
    step: number,
  });
  assert(norm > 0);
  return norm;
}
