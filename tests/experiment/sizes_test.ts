import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import tiny from "../../benchmarks/tiny.ts";
import { NATIVE_CAPACITY, WASM_CAPACITY } from "../../src/engine/shared_memory.ts";
import type { ProblemSizes } from "../../src/experiment/engine_work.ts";
import { type ResolvedExperimentConfig, resolveExperiment } from "../../src/experiment/resolve.ts";
import {
  chooseSizes,
  FitError,
  type Machine,
  type Question,
  shareMachine,
  type Sizes,
} from "../../src/experiment/sizes.ts";
import { trainResolved } from "../../src/experiment/train.ts";
import { openWorkbench } from "../../src/experiment/workbench.ts";
import type { ModelConfig } from "../../src/models/model_config.ts";
import { SMALL_CONFIG } from "../fixtures/small_model.ts";

/** The shape of SmolLM2-135M. */
const LARGE: ModelConfig = {
  ...SMALL_CONFIG,
  layers: 30,
  hiddenSize: 576,
  intermediateSize: 1536,
  heads: 9,
  keyValueHeads: 3,
  headSize: 64,
  vocabularySize: 49_152,
  qkvBias: false,
  maxPositions: 8192,
};
const PARAMETERS = 134_515_008;
const PROBLEMS: ProblemSizes = { promptTokens: 61, trainingPromptTokens: 53, problems: 101 };
const IN_WASM = { capacity: WASM_CAPACITY };
const trained = (maxNewTokens: number) => resolveExperiment(tiny, { arms: ["discrete-grpo"], maxNewTokens });

function sizesOf(config: ResolvedExperimentConfig, roomBytes: number, workers = 2): Promise<Sizes> {
  return chooseSizes({ config, model: LARGE, problems: PROBLEMS }, { ...IN_WASM, roomBytes, workers });
}

Deno.test("with room for all, everything is drawn at once and layers are kept", async () => {
  const model = { ...SMALL_CONFIG, maxPositions: 512 };
  const question = { config: trained(40), model, problems: PROBLEMS };
  const sizes = await chooseSizes(question, { ...IN_WASM, roomBytes: 1e10, workers: 2 });
  assertEquals([sizes.sequences, sizes.recompute, sizes.reference], [320, false, 0]);
});

Deno.test("rollouts are recorded where everything else fits beside that", async () => {
  const config = trained(40);
  const found: Sizes[] = [];
  for (const roomBytes of [24e9, 12e9, 8e9]) {
    const question = { config, model: LARGE, problems: PROBLEMS };
    found.push(await chooseSizes(question, { capacity: NATIVE_CAPACITY, roomBytes, workers: 2 }));
  }
  assertEquals(found.map(({ records, sequences }) => [records, sequences]), [[true, 320], [true, 320], [false, 320]]);
  // 23 kB a block and position: 16 prompts, and 8 completions of 40 positions each.
  const more = found[0].engine - found[2].engine, rows = 16 * 53 + 16 * 8 * 40;
  assert(more > 0 && more < 4 * rows * 30 * (2 * 576 + 960 + 576 + 3072 + 20), `${more}`);
});

Deno.test("less room makes fewer sequences, and layers that are computed again", async () => {
  const config = trained(40);
  const found: Sizes[] = [];
  for (const roomBytes of [12e9, 6e9, 5.7e9, 5.5e9, 5.35e9, 5.32e9]) {
    const sizes = await sizesOf(config, roomBytes);
    const { engine, engineAtMost, others, room, sequences } = sizes;
    assert(engine <= room && engineAtMost <= room && room <= WASM_CAPACITY && sequences >= 1);
    assert(room + others <= roomBytes);
    // Weights, their transpose, two shards and two moments are held whatever the cut.
    assert(engine > 6 * 4 * PARAMETERS);
    found.push(sizes);
  }
  const sequences = found.map((sizes) => sizes.sequences);
  assertEquals(sequences, sequences.toSorted((a, b) => b - a));
  assert(sequences[0] === 320 && sequences.at(-1)! < 200, `${sequences}`);
  assertEquals([found[0].recompute, found.at(-1)!.recompute], [false, true]);
});

Deno.test("what does not fit is refused with the figures, and with a length that does", async () => {
  const config = trained(4096);
  const error = await assertRejects(() => sizesOf(config, 16e9), FitError);
  assertMatch(error.message, /^Cannot run tiny on cpu-engine: it needs at least [\d.]+ GB, a WebAssembly memory holds/);
  const tokens = Number(/--max-new-tokens (\d+) would fit/.exec(error.message)![1]);
  assert(tokens > 256 && tokens < 4096);
  const fits = await sizesOf(trained(tokens), 16e9);
  assert(fits.sequences >= 1);
  await assertRejects(() => sizesOf(trained(tokens + 1), 16e9), FitError);
});

Deno.test("where not even one token fits, the advice is another model or place", async () => {
  const error = await assertRejects(() => sizesOf(trained(16), 1.7e9, 1), FitError);
  assertMatch(error.message, /1\.70 GB may be taken; take a smaller model, or a GPU \(--backend torch\)$/);
});

Deno.test("lanes are as many as have room for all that they do", async () => {
  const question = { config: trained(40), model: LARGE, problems: PROBLEMS };
  const small = { ...question, model: { ...SMALL_CONFIG, maxPositions: 512 } };
  const lanes = async (roomBytes: number) =>
    (await shareMachine(small, true, { backend: "auto", workers: 5, roomBytes }, 7)).threads.lanes;
  assertEquals(await lanes(1e10), 5);
  const few = await lanes(6e8);
  assert(few > 1 && few < 5, `${few} lanes`);
  const large = await shareMachine(question, true, { backend: "auto", workers: 3, roomBytes: 2e10 }, 7);
  assertEquals([large.threads.lanes, large.threads.options.roomBytes], [1, 2e10]);
  const elsewhere = await shareMachine(question, false, { backend: "webgpu" }, 7);
  assertEquals(elsewhere, { threads: { lanes: 1, options: { backend: "webgpu" } }, sizes: undefined });
});

Deno.test("a frozen reference is counted beside the engine", async () => {
  const plain = trained(40), [arm] = plain.arms;
  const kl = { estimator: "k3" as const, coefficient: 0.001 };
  const objective = { ...arm.objective!, loss: { ...arm.objective!.loss, kl } };
  const { reference, others } = await sizesOf({ ...plain, arms: [{ ...arm, objective }] }, 16e9);
  const without = await sizesOf(plain, 16e9);
  assert(reference > 4 * PARAMETERS && reference < 10 * PARAMETERS && without.reference === 0);
  assert(others > without.others);
});

/** Room in which the completions of a step are drawn in at least two parts. */
async function roomForParts(question: Question, workers: number): Promise<number> {
  const { training: { promptsPerStep, groupSize } } = question.config;
  const { engine, others } = await chooseSizes(question, { ...IN_WASM, roomBytes: 1e10, workers });
  for (let roomBytes = engine + others;; roomBytes -= 1e6) {
    const { sequences } = await chooseSizes(question, { ...IN_WASM, roomBytes, workers });
    if (sequences < promptsPerStep * groupSize) return roomBytes;
  }
}

Deno.test("training draws the same bytes in parts, its layers computed again, as at once", async () => {
  const whole = resolveExperiment(tiny, { arms: ["discrete-grpo"], seeds: [1], steps: 2, datasets: ["arith-add"] });
  const evaluation = { every: 1, problems: 2, samples: 3 };
  // Updates of two prompts each take less memory than drawing all sixteen.
  const config = { ...whole, training: { ...whole.training, evaluation, minibatches: 8 } };
  const options = { backend: "cpu-engine", workers: 2, runsFolder: await Deno.makeTempDir() } as const;
  const bench = await openWorkbench(config, options);
  const question = { config, model: bench.checkpoint.config, problems: bench.problemSizes };
  await bench.dispose();
  const trained = [];
  for (const roomBytes of [1e10, await roomForParts(question, 2)]) {
    const runsFolder = await Deno.makeTempDir();
    const [{ curve, sha256 }] = await trainResolved(config, { ...options, roomBytes, runsFolder }, () => {});
    trained.push({ curve, sha256 });
    await Deno.remove(runsFolder, { recursive: true });
  }
  assertEquals([trained[0].curve.length, trained[1]], [2, trained[0]]);
});

Deno.test("half a billion parameters are refused in WebAssembly where all are trained, and fit with an adapter, divergence included", async () => {
  /** The shape of Qwen2.5-0.5B. */
  const model: ModelConfig = {
    ...LARGE,
    ...{ layers: 24, hiddenSize: 896, intermediateSize: 4864, heads: 14, keyValueHeads: 2, vocabularySize: 151_936 },
    qkvBias: true,
  };
  const whole = resolveExperiment(tiny, { arms: ["discrete-grpo"], maxNewTokens: 64 });
  const kl = { coefficient: 0.04, estimator: "k3" } as const;
  const config = resolveExperiment({
    ...tiny,
    arms: tiny.arms.map((arm) =>
      arm.objective === undefined
        ? arm
        : { ...arm, objective: { ...arm.objective, loss: { ...arm.objective.loss, kl } } }
    ),
  }, { arms: ["discrete-grpo"], maxNewTokens: 64, adapter: { rank: 8, alpha: 16 } });
  const sizes = (of: ResolvedExperimentConfig, machine: Partial<Machine> = {}) =>
    chooseSizes({ config: of, model, problems: PROBLEMS }, { ...IN_WASM, roomBytes: 8e9, workers: 2, ...machine });
  await assertRejects(() => sizes(whole), FitError, "a WebAssembly memory holds");
  const { engineAtMost, reference, sequences } = await sizes(config);
  assertEquals(reference, 0);
  assert(sequences > 16 && engineAtMost <= WASM_CAPACITY, `${sequences} sequences in ${engineAtMost} bytes`);
  // Native code has addresses enough: what counts is the machine.
  const native = await sizes(whole, { capacity: NATIVE_CAPACITY, roomBytes: 24e9 });
  assert(native.engine > 2 * WASM_CAPACITY && native.engine <= native.room);
  await assertRejects(() => sizes(whole, { capacity: NATIVE_CAPACITY }), FitError, "GB may be taken");
});

Deno.test("an evaluation by weights in bf16 takes half the panels, and fits where exact ones do not", async () => {
  const config = resolveExperiment(tiny, { arms: ["base"], maxNewTokens: 64 });
  const question = { config, model: LARGE, problems: PROBLEMS };
  const sizes = (roomBytes: number, rounds: boolean) =>
    chooseSizes({ ...question, rounds }, { ...IN_WASM, roomBytes, workers: 1 });
  const [exact, narrow] = [await sizes(3e9, false), await sizes(3e9, true)];
  const projections = 4 * (PARAMETERS - LARGE.vocabularySize * LARGE.hiddenSize);
  assertEquals([exact.packs, narrow.packs], [true, false]);
  assert(Math.abs((exact.engine - narrow.engine) / (projections / 2) - 1) < 0.05, `${exact.engine} ${narrow.engine}`);
  // Rollouts decode by exact weights, and so have their panels.
  assert(
    (await chooseSizes({ ...question, config: trained(64), rounds: true }, {
      ...{ capacity: NATIVE_CAPACITY, roomBytes: 12e9, workers: 1 },
    })).packs,
  );
});

Deno.test("panels are made where they leave a quarter of the room, or nothing else would fit without", async () => {
  const config = resolveExperiment(tiny, { arms: ["base"], maxNewTokens: 64 });
  const packs = async (roomBytes: number) => (await sizesOf(config, roomBytes, 1)).packs;
  assertEquals([await packs(3e9), await packs(1.5e9)], [true, false]);
});
