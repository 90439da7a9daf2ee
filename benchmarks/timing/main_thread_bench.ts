/**
 * The main thread's share of decoding and of a training step at a vocabulary of 49,152, by algorithm: what no worker can
 * take off. One worker, so that the two threads take turns; the model is small, and any larger one leaves the main thread
 * a smaller share. In processor time, so that other programs do not count: `deno task bench:timing`.
 *
 * @module
 */
import process from "node:process";
import { ALGORITHM_PRESETS, type AlgorithmConfig, createAlgorithm } from "../../src/algorithms/registry.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { noiseStream } from "../../src/random/streams.ts";
import { createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import { rollout, type RolloutSettings } from "../../src/rollout/rollout.ts";
import { groupAdvantages } from "../../src/training/advantage.ts";
import { ADVANTAGE_PRESETS } from "../../src/training/advantage.ts";
import { LOSS_PRESETS } from "../../src/training/loss/loss.ts";
import { updatePolicy } from "../../src/training/update.ts";
import { initialWeights, modelOf } from "../peers/workload.ts";

const VOCABULARY = 49_152;
const [PROMPTS, GROUP, PROMPT_TOKENS, COMPLETION_TOKENS] = [4, 8, 16, 16];
/** Steps taken before those that are measured, and measured. */
const [WARM_UP, STEPS] = [2, 2];

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

/** Runs work, and tells what it cost. */
async function measure<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly spent: ProcessorTime }> {
  const before = processorTime();
  const result = await work();
  const after = processorTime();
  return { result, spent: { main: after.main - before.main, all: after.all - before.all } };
}

const config = { ...modelOf(128), vocabularySize: VOCABULARY };
const model = await createEngine(config, initialWeights(config), { workers: 1 });
const coordinateRms = await model.coordinateRms();
const prompts = Array.from(
  { length: PROMPTS },
  (_, b) => Int32Array.from({ length: PROMPT_TOKENS }, (_, t) => (487 * (t + 17 * b)) % VOCABULARY),
);

for (const [name, algorithm] of ALGORITHMS) {
  const settings: RolloutSettings = {
    algorithm: createAlgorithm(algorithm, coordinateRms),
    answers: createAnswerSampler({ rule: "greedy" }),
    // Nothing ends the thinking: every position is a thought.
    thinking: { end: [VOCABULARY - 1], endIsDrawn: true, afterEnd: [], minThoughts: COMPLETION_TOKENS },
    endTokens: [],
    maxNewTokens: COMPLETION_TOKENS,
  };
  const totals = { decoding: { main: 0, all: 0 }, training: { main: 0, all: 0 } };
  for (let step = 1; step <= WARM_UP + STEPS; step++) {
    const stream = (problem: number) => (_: unknown, sample: number) =>
      noiseStream({ seed: step, purpose: "timing", dataset: "", problem: String(problem), sample });
    const decoding = await measure(() =>
      rollout(
        model,
        prompts.map((ids, b) => ({ ids, streams: Array.from({ length: GROUP }, stream(b)) })),
        settings,
      )
    );
    const rewards = prompts.map(() => Array.from({ length: GROUP }, (_, g) => g % 2));
    const advantages = groupAdvantages(rewards, ADVANTAGE_PRESETS.verl);
    const training = await measure(() =>
      updatePolicy({
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
        updatesBefore: step - 1,
        groups: prompts.map((prompt, b) => ({
          prompt,
          completions: decoding.result[b],
          advantages: advantages[b],
        })),
      })
    );
    if (step <= WARM_UP) continue;
    for (const [total, { spent }] of [[totals.decoding, decoding], [totals.training, training]] as const) {
      total.main += spent.main;
      total.all += spent.all;
    }
  }
  for (const [part, { main, all }] of Object.entries(totals)) {
    const positions = STEPS * PROMPTS * GROUP * COMPLETION_TOKENS;
    const share = (100 * main / all).toFixed(1);
    const [own, whole] = [main, all].map((milliseconds) => (milliseconds / positions).toFixed(3));
    console.log(
      `${part.padEnd(9)}${name.padEnd(26)} main thread ${share.padStart(5)} %, ${own} of ${whole} ms a position`,
    );
  }
}
await model.dispose();
