/**
 * Model + problems + n -> graded samples, written to an append-only file as they are finished.
 *
 * @module
 */
import { now, sparing, type Timing, untimed } from "../clock.ts";
import { InterruptedError, safePoint } from "../interruption.ts";
import type { Completion } from "../rollout/completion.ts";
import type { Problem } from "../datasets/problem.ts";
import type { Examination } from "../grading/examination.ts";
import type { EvaluatedModel } from "../models/language_model.ts";
import type { ThoughtNoise } from "../algorithms/law.ts";
import { type NoiseStream, noiseStream } from "../random/streams.ts";
import { type FinishedCompletion, rollout, type RolloutSettings } from "../rollout/rollout.ts";
import { sampleSoftness, thoughtCount } from "../rollout/softness.ts";
import { gradedSample } from "./graded_sample.ts";
import { recordThoughts } from "./record_thoughts.ts";
import type { RecordedThought } from "./recorded_thought.ts";
import type { Sample } from "./sample.ts";
import { SampleStore } from "./sample_store.ts";

/** Most sequences decoded at once: enough to fill the kernels, and a cache of moderate size. */
export const SEQUENCES_AT_ONCE = 320;

/** Samples that are finished wait this long at most until they are graded and saved. */
const SAVE_MS = 2000;

/** Between two words about what is under way. */
const TELL_MS = 250;

/** What one dataset is evaluated with. */
export interface EvaluationRequest {
  /** The policy. */
  readonly model: EvaluatedModel;
  /** Name of the dataset; a part of the name of all noise. */
  readonly dataset: string;
  /** What is asked. */
  readonly problems: readonly Problem[];
  /** Samples per problem. */
  readonly samples: number;
  /** Seed of all noise. */
  readonly seed: number;
  /** How completions are drawn. */
  readonly settings: RolloutSettings;
  /** How problems are put and completions judged. */
  readonly examination: Examination;
  /** Which thoughts are kept to be looked at; absent: none. */
  readonly keepThoughts?: KeptThoughts;
  /** Where samples are kept; those already there are not drawn again. */
  readonly file: string;
  /** Most sequences drawn at once (default {@link SEQUENCES_AT_ONCE}); no sample depends on it. */
  readonly atOnce?: number;
  /** Whose samples those are: what lies in the file of anybody else is not taken (default: the dataset's, of this seed). */
  readonly owner?: string;
  /** Stops the evaluation soon after it is aborted. */
  readonly abort?: AbortSignal;
  /** Told after samples were saved: how many are done, of how many, how many right so far. */
  readonly onProgress?: (done: number, total: number, correct: number) => void;
  /** Told now and then between what is under way, after what {@link onProgress} was told last. */
  readonly onDrawing?: (drawing: Drawing) => void;
  /** Times the parts of the work (default: nothing does). */
  readonly timing?: Timing<EvaluationPart>;
  /** Told what is wrong with the file, in one line: samples from there on are drawn again, and are what they were. */
  readonly onDamage?: (text: string) => void;
}

/** Samples are drawn, kept thoughts looked at, and all of it graded and saved. */
export type EvaluationPart = "sampling" | "thoughts" | "grading";

/** What of an evaluation is under way. */
export interface Drawing {
  /** Positions drawn since it began. */
  readonly tokens: number;
  /** What is done of samples that are not graded yet, each by its positions out of the most that it may have. */
  readonly underWay: number;
}

/** Which thoughts an evaluation keeps: those of the first sample of a few problems, the same for everyone. */
export interface KeptThoughts {
  /** How many problems, spread evenly over the dataset. */
  readonly problems: number;
  /** What the law of a thought draws by; absent where it draws nothing. */
  readonly noise?: ThoughtNoise;
  /** The text of single tokens. */
  readonly decodeTokens: (tokens: Int32Array) => string;
}

/** So many of some problems, spread evenly from the first to the last. */
export function spreadOver<T>(problems: readonly T[], count: number): T[] {
  const last = problems.length - 1;
  if (count > last) return [...problems];
  return Array.from({ length: count }, (_, i) => problems[count === 1 ? 0 : Math.round((i * last) / (count - 1))]);
}

/**
 * Draws and grades every sample that the file does not hold yet.
 *
 * @returns all samples, in the order of problems and sample indices
 * @throws {InterruptedError} After saving, if `abort` is aborted
 * @throws {BenchError} If the model's logits are not finite, with the problem and the position
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createAlgorithm } from "../algorithms/registry.ts";
 * import { loadCheckpoint } from "../checkpoint/checkpoint.ts";
 * import { loadDataset } from "../datasets/registry.ts";
 * import { createEngine } from "../engine/engine.ts";
 * import { grade } from "../grading/grade.ts";
 * import { loadTokenizer } from "../prompt/tokenizer.ts";
 * import { createAnswerSampler } from "../rollout/answer_sampler.ts";
 * import { completionTokens } from "../rollout/completion.ts";
 *
 * const { config, weights, endTokens } = await loadCheckpoint("models/tiny");
 * const tokenizer = await loadTokenizer("models/tiny");
 * const model = await createEngine(config, weights, { workers: 1 });
 * const filter = { temperature: 1 };
 * const { name, problems } = await loadDataset("arith-add");
 * const samples = await evaluatePolicy({
 *   model,
 *   dataset: name,
 *   problems: problems.slice(0, 3),
 *   samples: 2,
 *   seed: 1,
 *   settings: {
 *     algorithm: createAlgorithm({ name: "discrete-grpo", filter }),
 *     answers: createAnswerSampler({ rule: "sample", filter }),
 *     thinking: { end: [tokenizer.tokenId("</think>")!], endIsDrawn: true, afterEnd: [] },
 *     endTokens,
 *     maxNewTokens: 40,
 *   },
 *   examination: {
 *     prompt: ({ question }) => tokenizer.encode(`<user>${question}<assistant><think>`),
 *     text: (completion) => tokenizer.decode(completionTokens(completion)),
 *     grade: (text, { answer }) => grade(text, answer, { thinking: true }),
 *   },
 *   file: await Deno.makeTempFile(),
 * });
 * assertEquals(samples.map(({ sample }) => sample), [0, 1, 0, 1, 0, 1]);
 * await model.dispose();
 * ```
 */
export async function evaluatePolicy(request: EvaluationRequest): Promise<Sample[]> {
  const { problems, samples, file, keepThoughts, owner = `${request.dataset} of seed ${request.seed}` } = request;
  const { atOnce = SEQUENCES_AT_ONCE, abort } = request;
  const order = problems.flatMap(({ id }) => Array.from({ length: samples }, (_, sample) => ({ problem: id, sample })));
  using store = new SampleStore(file, owner, order, (text) => request.onDamage?.(text));
  const missing = problems.flatMap((problem) =>
    Array.from({ length: samples }, (_, sample) => ({ problem, sample }))
      .filter(({ sample }) => store.get({ problem: problem.id, sample }) === undefined)
  );
  let tokens = 0;
  const tell = () => {
    const { done, correct } = store.count;
    request.onProgress?.(done, order.length, correct);
  };
  tell();
  const isTime = sparing(TELL_MS);
  const drew = (positions: number, underWay: () => number) => {
    tokens += positions;
    if (request.onDrawing !== undefined && isTime()) request.onDrawing({ tokens, underWay: underWay() });
  };
  const watched = new Set(spreadOver(problems, keepThoughts?.problems ?? 0));
  const save = (rows: readonly Sample[]) => {
    store.add(rows);
    tell();
  };
  for (const units of cutBatches(missing, atOnce, promptsAtOnce(atOnce, samples))) {
    await safePoint(abort);
    await new Batch(request, units, watched).draw(save, drew);
  }
  return order.map((name) => store.get(name)!);
}

/**
 * Most prompts of so many sequences drawn at once, each with its completions together but for the first and the last: what
 * memory is planned for. Where some are drawn already, no more prompts than this are taken all the same.
 */
export function promptsAtOnce(sequences: number, each: number): number {
  return Math.ceil(sequences / each) + 1;
}

/** Units in order, at most so many of so many problems together. */
function cutBatches(units: readonly Unit[], atOnce: number, prompts: number): Unit[][] {
  const batches: Unit[][] = [];
  let problems = new Set<Problem>();
  for (const unit of units) {
    const batch = batches.at(-1);
    if (batch === undefined || batch.length === atOnce || problems.size === prompts && !problems.has(unit.problem)) {
      batches.push([unit]);
      problems = new Set([unit.problem]);
    } else {
      batch.push(unit);
      problems.add(unit.problem);
    }
  }
  return batches;
}

interface Unit {
  readonly problem: Problem;
  readonly sample: number;
}

/** A finished completion with what it is of. */
interface Drawn extends Unit {
  /** Places of its problem and of itself in the batch. */
  readonly place: readonly [b: number, g: number];
  readonly prompt: Int32Array;
  readonly stream: NoiseStream;
  readonly completion: Completion;
}

/** Samples that are drawn together. */
class Batch {
  readonly #request: EvaluationRequest;
  readonly #own: readonly (readonly [Problem, readonly Unit[]])[];
  readonly #watched: ReadonlySet<Problem>;

  constructor(request: EvaluationRequest, units: readonly Unit[], watched: ReadonlySet<Problem>) {
    this.#request = request;
    this.#own = [...Map.groupBy(units, (unit) => unit.problem)];
    this.#watched = watched;
  }

  /**
   * Draws and grades all of it.
   *
   * @param save told of samples every few seconds, and at the end; those of an interrupted batch that are finished too
   * @param drew told every few positions how many were drawn, and by what is under way
   */
  async draw(
    save: (rows: readonly Sample[]) => void,
    drew: (positions: number, underWay: () => number) => void,
  ): Promise<void> {
    const { model, settings, examination, seed, dataset, abort, timing = untimed } = this.#request;
    const prompts = this.#own.map(([problem, units]) => ({
      name: `problem ${problem.id}`,
      ids: examination.prompt(problem),
      streams: units.map(({ sample }) =>
        noiseStream({ seed, purpose: "evaluation", dataset, problem: problem.id, sample })
      ),
    }));
    let watched: Drawn[] = [], waiting: Drawn[] = [];
    let saved = now();
    const saveWaiting = () =>
      timing("grading", async () => {
        const rows = await Promise.all(inPlace(waiting).map((drawn) => judged(this.#request, drawn)));
        waiting = [];
        save(rows);
        saved = now();
      });
    // Of completions that are not finished.
    let drawnPositions = 0;
    const onPosition = async (positions: number, finished: readonly FinishedCompletion[]) => {
      drawnPositions += positions;
      for (const { prompt: b, sample: g, completion } of finished) {
        const { ids, streams } = prompts[b];
        const drawn: Drawn = { ...this.#own[b][1][g], place: [b, g], prompt: ids, stream: streams[g], completion };
        (this.#isWatched(drawn) ? watched : waiting).push(drawn);
        drawnPositions -= completion.steps.length;
      }
      if (waiting.length > 0 && now() - saved >= SAVE_MS) await saveWaiting();
      drew(positions, () => watched.length + waiting.length + drawnPositions / settings.maxNewTokens);
    };
    try {
      await timing("sampling", () => rollout(model, prompts, settings, { abort, onPosition }));
    } catch (error) {
      if (error instanceof InterruptedError && waiting.length > 0) await saveWaiting();
      throw error;
    }
    watched = inPlace(watched);
    const thoughts = await timing("thoughts", () => this.#thoughtsOf(watched));
    const recorded = new Map(watched.map((drawn, i) => [drawn, thoughts[i]]));
    // All at once, so that programs keep every worker of their executor busy.
    const rest = inPlace([...watched, ...waiting]);
    await timing("grading", async () => {
      save(await Promise.all(rest.map((drawn) => judged(this.#request, drawn, recorded.get(drawn)))));
    });
  }

  /** Whether a sample's thought is kept: it waits for the end of the batch, where all are looked at together. */
  #isWatched({ problem, sample }: Unit): boolean {
    return sample === 0 && this.#watched.has(problem);
  }

  async #thoughtsOf(watched: readonly Drawn[]): Promise<RecordedThought[][]> {
    const { model, keepThoughts, settings, abort } = this.#request;
    if (keepThoughts === undefined || watched.length === 0) return [];
    return await recordThoughts(model, watched, {
      ...keepThoughts,
      temperature: settings.algorithm.temperature,
      abort,
    });
  }
}

/** In the order of problems and samples, whichever was finished first. */
function inPlace(drawn: readonly Drawn[]): Drawn[] {
  return drawn.toSorted(({ place: [b, g] }, { place: [otherB, otherG] }) => b - otherB || g - otherG);
}

function judged(
  { examination, seed }: EvaluationRequest,
  { problem, sample, completion }: Drawn,
  recorded?: readonly RecordedThought[],
): Promise<Sample> {
  const softness = sampleSoftness(completion);
  return gradedSample(examination.grade, problem, {
    sample,
    seed,
    text: examination.text(completion),
    tokens: completion.steps.length,
    thoughts: thoughtCount(completion),
    ...(softness !== undefined && { softness }),
    finish: completion.finish,
    ...(recorded !== undefined && { recorded }),
  });
}
