/**
 * Prompts -> groups of completions: a thought phase in which the algorithm acts, then an answer phase of ordinary
 * tokens. No algorithm is named here; what was drawn is kept, and replayed by training.
 *
 * Letters: `N` sequences in flight, `K` kept tokens, `V` vocabulary, `D` width.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import type { ThoughtAction, ThoughtAlgorithm, ThoughtInput } from "../algorithms/algorithm.ts";
import { requireFiniteLogits } from "../algorithms/finite_logits.ts";
import type { EndOfThinkingText } from "../prompt/prompt.ts";
import type { AnswerSampler } from "./answer_sampler.ts";
import { type Completion, type CompletionStep, stepToken } from "./completion.ts";
import type { LanguageModel, StepSource } from "../models/language_model.ts";
import { safePoints } from "../interruption.ts";
import { stackInputs, stepInput } from "./step_inputs.ts";
import { stepLogDensity, stepReads } from "./step_log_density.ts";
import type { NoiseStream } from "../random/streams.ts";
import { entropyAt, joinReads, narrowReadings, NOTHING, type Readings, type Reads } from "../models/readings.ts";

/** When thinking ends, and what the rule puts there. Token ids. */
export interface ThinkingRule {
  /** Tokens whose appearance, in order, ends the thinking (`</think>`); empty: no thought phase, all tokens are answer. */
  readonly end: readonly number[];
  /** Sees the end by its text, whatever tokens spell it, in place of `end`, which is then what is forced at the limit. */
  readonly endText?: EndOfThinkingText;
  /** Whether the token that completes `end` is drawn as an ordinary token; otherwise it counts as forced. */
  readonly endIsDrawn: boolean;
  /** Tokens fed after the end of thinking, never drawn (`\boxed{` of Butt et al.); usually empty. */
  readonly afterEnd: readonly number[];
  /**
   * Thought positions before which nothing ends the thinking: not `end`, not Cold Stop, and no end token that is the token
   * of a thought; default 0.
   */
  readonly minThoughts?: number;
  /** Most thought positions; absent: only the completion's limit. */
  readonly maxThoughts?: number;
  /**
   * What follows `maxThoughts`: `end` and `afterEnd` are forced, or ordinary tokens are drawn, `end` among them, and
   * nothing is forced; default `force-end`.
   */
  readonly atMaximum?: "force-end" | "go-on";
  /** Ends the thinking of a model that is sure of itself; absent: off. */
  readonly coldStop?: ColdStop;
}

// Types written from the schemas of this file by `deno task schemas`.
/**
 * Cold Stop of Soft Thinking (arXiv:2505.15778): `end` is forced once the entropy of the whole softmax was below a
 * threshold for a number of positions in a row. The released code lets the same counter abort the answer phase too;
 * here answers are never cut by it.
 */
export interface ColdStop {
  /** Entropy in nats below which a position counts as sure (a number above 0). */
  readonly entropyBelow: number;
  /** How many such positions in a row end the thinking (an integer of at least 1). */
  readonly positions: number;
  /** Of the softmax whose entropy counts (a number above 0). */
  readonly temperature: number;
}
// End of written types.

/** What a {@link ColdStop} must be. */
export const coldStopSchema = z.strictObject({
  entropyBelow: z.number().positive().describe("entropy in nats below which a position counts as sure"),
  positions: z.int().min(1).describe("how many such positions in a row end the thinking"),
  temperature: z.number().positive().describe("of the softmax whose entropy counts"),
}).readonly().meta({
  id: "ColdStop",
  description: "Cold Stop of Soft Thinking (arXiv:2505.15778): `end` is forced once the entropy of the whole softmax " +
    "was below a threshold for a number of positions in a row. The released code lets the same counter abort the " +
    "answer phase too; here answers are never cut by it",
});

/** One prompt with the noise streams of its samples: as many completions as there are streams. */
export interface RolloutPrompt {
  /** What errors call it, such as `problem p0`; absent: its place in the batch. */
  readonly name?: string;
  /** Token ids of the prompt. */
  readonly ids: Int32Array;
  /** One per completion. */
  readonly streams: readonly NoiseStream[];
}

/** What stays the same for all prompts of a rollout. */
export interface RolloutSettings {
  /** What a thought step does. */
  readonly algorithm: ThoughtAlgorithm;
  /** How ordinary tokens are drawn. */
  readonly answers: AnswerSampler;
  /** When thinking ends. */
  readonly thinking: ThinkingRule;
  /** Tokens that end a completion. */
  readonly endTokens: readonly number[];
  /** Most positions of a completion, thoughts and answer together, >= 1. */
  readonly maxNewTokens: number;
  /** Most sequences drawn at once (default all); no completion depends on it beyond the backend's own promise. */
  readonly atOnce?: number;
  /** Whether every drawn step keeps its log-density, as training scores it (default false). */
  readonly keepDensities?: boolean;
  /** Whether the model is trained on them next, before it changes (default false): no completion depends on it. */
  readonly willTrain?: boolean;
}

/** A completion that is finished before others of its rollout. */
export interface FinishedCompletion {
  /** Its prompt's place, and its own among the prompt's streams. */
  readonly prompt: number;
  /** Place among the prompt's streams. */
  readonly sample: number;
  /** What was drawn. */
  readonly completion: Completion;
}

/** How a rollout is followed and stopped. */
export interface RolloutWatch {
  /** Told now and then how many positions were drawn since, and which completions they ended; the rollout waits for it. */
  readonly onPosition?: (positions: number, finished: readonly FinishedCompletion[]) => void | Promise<void>;
  /** Stops the rollout soon after it is aborted. */
  readonly abort?: AbortSignal | undefined;
}

/**
 * Draws one completion for every noise stream of every prompt.
 *
 * A completion depends on its prompt, its stream and the weights alone: not on the other prompts of the batch.
 *
 * @param prompts `B` prompts
 * @param watch who is told how far it is, and what stops it
 * @returns (B, G_b) completions, in the order of prompts and streams
 * @throws {BenchError} If the logits of a position that is drawn are not finite
 * @throws {InterruptedError} If it is stopped
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createAlgorithm } from "../algorithms/registry.ts";
 * import { loadCheckpoint } from "../checkpoint/checkpoint.ts";
 * import { createEngine } from "../engine/engine.ts";
 * import { loadTokenizer } from "../prompt/tokenizer.ts";
 * import { noiseStream } from "../random/streams.ts";
 * import { createAnswerSampler } from "./answer_sampler.ts";
 *
 * const { config, weights, endTokens } = await loadCheckpoint("models/tiny");
 * const tokenizer = await loadTokenizer("models/tiny");
 * const model = await createEngine(config, weights, { workers: 1 });
 * const filter = { temperature: 1 };
 * const settings = {
 *   algorithm: createAlgorithm({ name: "discrete-grpo", filter }),
 *   answers: createAnswerSampler({ rule: "sample", filter }),
 *   thinking: { end: [tokenizer.tokenId("</think>")!], endIsDrawn: true, afterEnd: [] },
 *   endTokens,
 *   maxNewTokens: 40,
 * };
 * const streams = [0, 1, 2].map((sample) =>
 *   noiseStream({ seed: 1, purpose: "example", dataset: "", problem: "2+3", sample })
 * );
 * const ids = tokenizer.encode("<user>2+3<assistant><think>");
 * const [completions] = await rollout(model, [{ ids, streams }], settings);
 * assertEquals(completions.length, 3);
 * await model.dispose();
 * ```
 */
export async function rollout(
  model: Pick<LanguageModel, "config" | "decode">,
  prompts: readonly RolloutPrompt[],
  settings: RolloutSettings,
  watch: RolloutWatch = {},
): Promise<Completion[][]> {
  const all: RolloutPrompt[] = prompts.map((prompt, b) => ({
    name: `prompt ${b + 1} of ${prompts.length}`,
    ...prompt,
  }));
  const drawn: Completion[][] = [];
  for (const batch of batches(all, settings.atOnce ?? Infinity)) {
    const completions = await drawBatch(model, batch, settings, watch);
    batch.forEach(({ index }, i) => (drawn[index] ??= []).push(...completions[i]));
  }
  return drawn;
}

/** A prompt with some of its streams. */
interface PromptPart {
  /** The prompt's place. */
  readonly index: number;
  /** Place of the first of these streams among all of the prompt's. */
  readonly first: number;
  readonly part: RolloutPrompt;
}

/** Prompts in order, at most so many sequences a batch; one with more streams is shared out. */
function batches(prompts: readonly RolloutPrompt[], atOnce: number): PromptPart[][] {
  const all: PromptPart[][] = [];
  let room = 0;
  prompts.forEach((prompt, index) => {
    for (let first = 0; first < prompt.streams.length;) {
      if (room === 0) [room] = [atOnce, all.push([])];
      const streams = prompt.streams.slice(first, first + room);
      all.at(-1)!.push({ index, first, part: { ...prompt, streams } });
      first += streams.length;
      room -= streams.length;
    }
  });
  return all;
}

async function drawBatch(
  model: Pick<LanguageModel, "config" | "decode">,
  batch: readonly PromptPart[],
  settings: RolloutSettings,
  { onPosition, abort }: RolloutWatch,
): Promise<Completion[][]> {
  const prompts = batch.map(({ part }) => part);
  const writers = prompts.map(({ name, streams }) =>
    streams.map((stream) => new CompletionWriter(stream, settings, name!))
  );
  const sequences = writers.flat();
  const names = batch.flatMap(({ index, first, part: { streams } }) =>
    streams.map((_, i) => ({ prompt: index, sample: first + i }))
  );
  const safePoint = safePoints(abort);
  const copies = prompts.map(({ streams }) => streams.length);
  const options = { willTrain: settings.willTrain ?? false, abort };
  const decoder = await model.decode(prompts.map(({ ids }) => ids), copies, settings.maxNewTokens, options);
  const nextInputs: ThoughtInput[] = [];
  let positions = 0, finished: FinishedCompletion[] = [];
  const source: StepSource = {
    advance(sequence, readings) {
      positions++;
      const writer = sequences[sequence], input = writer.advance(readings);
      if (input !== undefined) nextInputs[sequence] = input;
      else finished.push({ ...names[sequence], completion: writer.completion() });
      return input !== undefined;
    },
    next: (active) => ({
      inputs: stackInputs(Array.from(active, (sequence) => nextInputs[sequence]), model.config.hiddenSize),
      reads: Array.from(active, (sequence) => sequences[sequence].reads()),
    }),
  };
  const tell = async () => {
    await onPosition?.(positions, finished);
    [positions, finished] = [0, []];
    await safePoint();
  };
  try {
    const all = Int32Array.from(sequences.keys());
    // Row r of the readings belongs to sequence active[r].
    const goingOn = async (active: Int32Array, readings: readonly Readings[]) => {
      const unfinished = active.filter((sequence, row) => source.advance(sequence, readings[row]));
      await tell();
      return unfinished;
    };
    let active: Int32Array = await goingOn(all, await decoder.readPrompts(sequences.map((writer) => writer.reads())));
    active = await decoder.stepApart?.(active, source, tell) ?? active;
    while (active.length > 0) {
      const { inputs, reads } = source.next(active);
      active = await goingOn(active, await decoder.step(active, inputs, reads));
    }
  } finally {
    decoder.dispose();
  }
  return writers.map((group) => group.map((writer) => writer.completion()));
}

/** One completion being written: the state machine of thought phase, forced tokens and answer phase. */
class CompletionWriter {
  readonly #stream: NoiseStream;
  readonly #settings: RolloutSettings;
  readonly #name: string;
  readonly #steps: CompletionStep[] = [];
  #thinking: boolean;
  /** Tokens that a rule puts next. */
  #forced: readonly number[] = [];
  /** Thought positions in a row whose entropy was below Cold Stop's threshold. */
  #sure = 0;
  #finish: Completion["finish"] | undefined;

  constructor(stream: NoiseStream, settings: RolloutSettings, name: string) {
    this.#stream = stream;
    this.#settings = settings;
    this.#name = name;
    this.#thinking = settings.thinking.end.length > 0;
  }

  /** What the next step reads of the logits of the last position. */
  reads(): Reads {
    const { algorithm, answers, thinking, keepDensities } = this.#settings;
    const phase = this.#phase();
    if (phase === "forced") return NOTHING;
    const noise = this.#stream.at(this.#steps.length);
    const scored: Reads = keepDensities ? { logSumExp: [algorithm.temperature, answers.temperature] } : NOTHING;
    if (phase === "answer") return joinReads(answers.reads(noise), scored);
    const { endIsDrawn, coldStop } = thinking;
    const adopted = endIsDrawn && !algorithm.drawsTokens ? answers.adoptReads : NOTHING;
    const sureness = coldStop ? { entropy: [coldStop.temperature] } : NOTHING;
    return joinReads(joinReads(joinReads(algorithm.reads(noise), scored), adopted), sureness);
  }

  /** Takes one step from the readings of the last position; returns what is fed next, or undefined at the end. */
  advance(readings: Readings): ThoughtInput | undefined {
    const { endTokens, maxNewTokens } = this.#settings;
    // The token of a thought that must not be the last is what its mixture shows, and ends nothing.
    const mayEnd = this.#mayEndThinking();
    const step = this.#noted(this.#nextStep(readings), readings);
    this.#steps.push(step);
    if (endTokens.includes(stepToken(step)) && (mayEnd || step.kind !== "thought")) this.#finish = "stop";
    else if (this.#steps.length === maxNewTokens) this.#finish = "length";
    return this.#finish === undefined ? stepInput(step) : undefined;
  }

  get finished(): boolean {
    return this.#finish !== undefined;
  }

  completion(): Completion {
    if (this.#finish === undefined) throw new Error("Cannot read a completion before it is finished");
    return { steps: this.#steps, finish: this.#finish };
  }

  /** Whether there are as many thoughts as there must be; every step of a thought phase that is not over is one. */
  #mayEndThinking(): boolean {
    return this.#steps.length >= (this.#settings.thinking.minThoughts ?? 0);
  }

  #noted(step: CompletionStep, readings: Readings): CompletionStep {
    if (!this.#settings.keepDensities || step.kind === "forced") return step;
    const own = narrowReadings(readings, stepReads(this.#settings, step));
    return { ...step, drawnLogDensity: stepLogDensity(this.#settings, step, own) };
  }

  /** What the next step is, as far as the steps so far decide it. */
  #phase(): "forced" | "thought" | "answer" {
    const { maxThoughts, atMaximum } = this.#settings.thinking;
    if (this.#forced.length > 0) return "forced";
    if (!this.#thinking) return "answer";
    if (this.#steps.length !== maxThoughts) return "thought";
    return atMaximum === "go-on" ? "answer" : "forced";
  }

  #nextStep(readings: Readings): CompletionStep {
    const { algorithm, answers, thinking } = this.#settings;
    const phase = this.#phase();
    if (phase === "forced") return this.#forcedStep();
    requireFiniteLogits(readings, () => `draw position ${this.#steps.length + 1} of ${this.#name}`);
    const noise = this.#stream.at(this.#steps.length);
    if (phase === "answer") {
      this.#thinking = false;
      return { kind: "token", ...answers.draw(readings, noise) };
    }
    if (this.#isCold(readings) && this.#mayEndThinking()) return this.#forcedStep();
    const action = algorithm.act({ readings, noise });
    const following = this.#mayEndThinking() ? this.#afterEnd(action.token) : undefined;
    if (following === undefined) return { kind: "thought", action };
    this.#thinking = false;
    this.#forced = following;
    if (!thinking.endIsDrawn) return { kind: "forced", token: action.token };
    return algorithm.drawsTokens
      ? { kind: "token", token: action.token, action: ofItsToken(action) }
      : { kind: "token", ...answers.adopt(readings, action.token) };
  }

  /** The next token that a rule puts: of those that are waiting, or of the end of thinking. */
  #forcedStep(): CompletionStep {
    const { end, afterEnd } = this.#settings.thinking;
    const [token, ...rest] = this.#thinking ? [...end, ...afterEnd] : this.#forced;
    this.#thinking = false;
    this.#forced = rest;
    return { kind: "forced", token };
  }

  #isCold(readings: Readings): boolean {
    const { coldStop } = this.#settings.thinking;
    if (coldStop === undefined) return false;
    this.#sure = entropyAt(readings, coldStop.temperature) < coldStop.entropyBelow ? this.#sure + 1 : 0;
    return this.#sure >= coldStop.positions;
  }

  /** What is forced next where `token`, after the steps so far, completes the end marker; undefined where it does not. */
  #afterEnd(token: number): readonly number[] | undefined {
    const { end, endText, afterEnd } = this.#settings.thinking;
    if (endText !== undefined) return endText.follow(Int32Array.of(...this.#lastTokens(endText.window - 1), token));
    const isEnd = end.at(-1) === token && this.#steps.length >= end.length - 1 &&
      this.#lastTokens(end.length - 1).every((own, i) => own === end[i]);
    return isEnd ? afterEnd : undefined;
  }

  /** Tokens of the last steps, at most `count`. */
  #lastTokens(count: number): number[] {
    return count === 0 ? [] : this.#steps.slice(-count).map(stepToken);
  }
}

/** The action that drew its token and nothing beside it: what is left of a step that is fed as its token alone. */
function ofItsToken(action: ThoughtAction): ThoughtAction {
  if (action.ids.length === 1) return action;
  const input = stepInput({ kind: "token", token: action.token });
  return { ...action, ids: input.ids, input, count: 1 };
}
