/**
 * The main thread's share of decoding and of a training step at a vocabulary of 49,152, by algorithm: what no worker can
 * take off. One worker, so that the two threads take turns; of a small model, where the share is large, and at the size of
 * SmolLM2-135M, which has this vocabulary. In processor time, so that other programs do not count:
 * `deno run -A --unstable-worker-options benchmarks/timing/main_thread_share.ts`, half an hour.
 *
 * @module
 */
import process from "node:process";
import { ALGORITHM_PRESETS, type AlgorithmConfig, createAlgorithm } from "../../src/algorithms/registry.ts";
import { createEngine, type EngineModel } from "../../src/engine/engine.ts";
import { noiseStream } from "../../src/random/streams.ts";
import { createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import type { Completion } from "../../src/rollout/completion.ts";
import { rollout, type RolloutSettings } from "../../src/rollout/rollout.ts";
import { groupAdvantages } from "../../src/training/advantage.ts";
import { ADVANTAGE_PRESETS } from "../../src/training/advantage.ts";
import { LOSS_PRESETS } from "../../src/training/loss/loss.ts";
import { updatePolicy } from "../../src/training/update.ts";
import { SMOLLM2_135M } from "../gpu/shapes.ts";
import { initialWeights, modelOf } from "../peers/workload.ts";

const VOCABULARY = 49_152;
const [GROUP, PROMPT_TOKENS] = [8, 16];
/**
 * The small model takes steps as bench:peers does, the large one smaller ones, for its time. Steps that are
 * not counted, as a run takes hundreds, then so many rollouts and so many updates, each lot measured as one: processor
 * time is told in hundredths of a second.
 */
const MODELS = [
  {
    shape: "width 128, 4 layers",
    config: { ...modelOf(128), vocabularySize: VOCABULARY },
    work: { prompts: 16, completionTokens: 56, warmUp: 2, decoding: 6, training: 2 },
  },
  {
    shape: SMOLLM2_135M.name,
    config: SMOLLM2_135M.config,
    work: { prompts: 4, completionTokens: 16, warmUp: 1, decoding: 2, training: 1 },
  },
] as const;
type Work = (typeof MODELS)[number]["work"];

const ALGORITHMS: readonly (readonly [name: string, config: AlgorithmConfig])[] = [
  ["discrete GRPO, no filter", ALGORITHM_PRESETS["discrete-grpo"].paper],
  ["SofT-GRPO", ALGORITHM_PRESETS["soft-thinking-grpo"].paper],
  ["soft GRPO of Butt et al.", ALGORITHM_PRESETS["soft-tokens-grpo"].soft],
  ["Multiplex Thinking", ALGORITHM_PRESETS["multiplex-grpo"].release],
];

/** Processor time in milliseconds: of this thread, and of all threads of this process. */
interface ProcessorTime {
  readonly main: number;
  readonly all: number;
}

function processorTime(): ProcessorTime {
  return { main: milliseconds(process.threadCpuUsage()), all: milliseconds(process.cpuUsage()) };
}

/** Of microseconds. */
function milliseconds({ user, system }: { readonly user: number; readonly system: number }): number {
  return (user + system) / 1e3;
}

/** Runs work so many times, and tells what it cost. */
async function measure(times: number, work: () => Promise<void>): Promise<ProcessorTime> {
  const before = processorTime();
  for (let i = 0; i < times; i++) await work();
  const after = processorTime();
  return { main: after.main - before.main, all: after.all - before.all };
}

for (const { shape, config, work } of MODELS) {
  console.log(shape);
  const model = await createEngine(config, initialWeights(config), { workers: 1 });
  await measureAlgorithms(model, work);
  await model.dispose();
}

async function measureAlgorithms(model: EngineModel, work: Work): Promise<void> {
  const { completionTokens } = work;
  const prompts = Array.from(
    { length: work.prompts },
    (_, b) => Int32Array.from({ length: PROMPT_TOKENS }, (_, t) => (487 * (t + 17 * b)) % VOCABULARY),
  );
  const coordinateRms = await model.coordinateRms();
  for (const [name, algorithm] of ALGORITHMS) {
    const settings: RolloutSettings = {
      algorithm: createAlgorithm(algorithm, coordinateRms),
      answers: createAnswerSampler({ rule: "greedy" }),
      // Nothing ends the thinking: every position is a thought.
      thinking: { end: [VOCABULARY - 1], endIsDrawn: true, afterEnd: [], minThoughts: completionTokens },
      endTokens: [],
      maxNewTokens: completionTokens,
    };
    let step = 0, updates = 0;
    let completions: Completion[][] = [];
    const decode = async () => {
      step++;
      const stream = (problem: number) => (_: unknown, sample: number) =>
        noiseStream({ seed: step, purpose: "timing", dataset: "", problem: String(problem), sample });
      completions = await rollout(
        model,
        prompts.map((ids, b) => ({ ids, streams: Array.from({ length: GROUP }, stream(b)) })),
        settings,
      );
    };
    const train = async () => {
      const rewards = prompts.map(() => Array.from({ length: GROUP }, (_, g) => g % 2));
      const advantages = groupAdvantages(rewards, ADVANTAGE_PRESETS.verl);
      await updatePolicy({
        model,
        policy: settings,
        loss: LOSS_PRESETS["on-policy"],
        optimizer: {
          beta1: 0.9,
          beta2: 0.999,
          epsilon: 1e-8,
          weightDecay: 0,
          schedule: { peak: 1e-6, warmUp: 0, decay: { kind: "constant" } },
        },
        learningRate: () => 1e-6,
        minibatches: 1,
        updatesBefore: updates++,
        groups: prompts.map((prompt, b) => ({
          prompt,
          completions: completions[b],
          advantages: advantages[b],
        })),
      });
    };
    await measure(work.warmUp, () => decode().then(train));
    const positions = prompts.length * GROUP * completionTokens;
    for (const [part, step] of [["decoding", decode], ["training", train]] as const) {
      const times = work[part];
      report(name, part, times * positions, await measure(times, step));
    }
  }
}

function report(name: string, part: string, positions: number, { main, all }: ProcessorTime): void {
  const share = (100 * main / all).toFixed(1);
  const [own, whole] = [main, all].map((milliseconds) => (milliseconds / positions).toFixed(4));
  console.log(
    `${part.padEnd(9)}${name.padEnd(26)} main thread ${share.padStart(5)} %, ${own} of ${whole} ms a position`,
  );
}
