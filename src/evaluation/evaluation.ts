/**
 * Model + problems + n -> graded samples, written to an append-only file as they are finished.
 *
 * @module
 */
import { safePoint } from "../interruption.ts";
import type { Completion } from "../rollout/completion.ts";
import type { Problem } from "../datasets/problem.ts";
import type { Examination } from "../grading/examination.ts";
import { ChainedLinesWriter, readChainedLines } from "../files/chained_lines.ts";
import type { LanguageModel } from "../models/language_model.ts";
import type { ThoughtNoise } from "../algorithms/law.ts";
import { noiseStream } from "../random/streams.ts";
import { rollout, type RolloutSettings } from "../rollout/rollout.ts";
import { sampleSoftness, thoughtCount } from "../rollout/softness.ts";
import { recordThoughts } from "./record_thoughts.ts";
import type { RecordedThought } from "./recorded_thought.ts";
import type { Sample } from "./sample.ts";

/** Most sequences decoded at once: enough to fill the kernels, and a cache of moderate size. */
export const SEQUENCES_AT_ONCE = 320;

/** What one dataset is evaluated with. */
export interface EvaluationRequest {
  /** The policy. */
  readonly model: LanguageModel;
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
  /** Stops the evaluation between two batches. */
  readonly abort?: AbortSignal;
  /** Told after each batch: samples done, of how many, how many right so far. */
  readonly onProgress?: (done: number, total: number, correct: number) => void;
  /** Told what is wrong with the file, in one line: samples from there on are drawn again, and are what they were. */
  readonly onDamage?: (text: string) => void;
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
  const { atOnce = SEQUENCES_AT_ONCE } = request;
  const stored = readChainedLines<Sample>(file, owner);
  if (stored.fault !== undefined) request.onDamage?.(`${stored.fault}: samples from there on are drawn again`);
  const done = new Map(stored.rows.map((row) => [sampleKey(row.problem, row.sample), row]));
  const missing = problems.flatMap((problem) =>
    Array.from({ length: samples }, (_, sample) => ({ problem, sample }))
      .filter(({ sample }) => !done.has(sampleKey(problem.id, sample)))
  );
  const total = problems.length * samples;
  let correct = stored.rows.filter((row) => row.correct).length;
  request.onProgress?.(total - missing.length, total, correct);

  const watched = new Set(spreadOver(problems, keepThoughts?.problems ?? 0));
  const writer = new ChainedLinesWriter(file, stored);
  try {
    for (let start = 0; start < missing.length; start += atOnce) {
      await safePoint(request.abort);
      const rows = await drawSamples(request, missing.slice(start, start + atOnce), watched);
      writer.append(rows);
      for (const row of rows) {
        done.set(sampleKey(row.problem, row.sample), row);
        if (row.correct) correct++;
      }
      request.onProgress?.(done.size, total, correct);
    }
  } finally {
    writer.close();
  }
  return problems.flatMap((problem) =>
    Array.from({ length: samples }, (_, sample) => done.get(sampleKey(problem.id, sample))!)
  );
}

function sampleKey(problem: string, sample: number): string {
  return `${sample} ${problem}`;
}

interface Unit {
  readonly problem: Problem;
  readonly sample: number;
}

async function drawSamples(
  request: EvaluationRequest,
  units: readonly Unit[],
  watched: ReadonlySet<Problem>,
): Promise<Sample[]> {
  const byProblem = Map.groupBy(units, (unit) => unit.problem);
  const prompts = [...byProblem].map(([problem, own]) => ({
    name: `problem ${problem.id}`,
    ids: request.examination.prompt(problem),
    streams: own.map(({ sample }) =>
      noiseStream({ seed: request.seed, purpose: "evaluation", dataset: request.dataset, problem: problem.id, sample })
    ),
  }));
  const completions = await rollout(request.model, prompts, request.settings);
  const { keepThoughts } = request;
  const kept = [...byProblem].flatMap(([problem, own], b) => {
    const g = own.findIndex(({ sample }) => sample === 0);
    if (g < 0 || !watched.has(problem)) return [];
    return [{ problem, prompt: prompts[b].ids, completion: completions[b][g], stream: prompts[b].streams[g] }];
  });
  const thoughts = keepThoughts === undefined || kept.length === 0 ? [] : await recordThoughts(request.model, kept, {
    ...keepThoughts,
    temperature: request.settings.algorithm.temperature,
  });
  const recorded = new Map(kept.map(({ problem }, i) => [problem, thoughts[i]]));
  // All at once, so that programs keep every worker of their executor busy.
  return await Promise.all(
    [...byProblem].flatMap(([problem, own], b) =>
      own.map(({ sample }, g) =>
        gradedSample(
          request,
          problem,
          sample,
          completions[b][g],
          sample === 0 ? recorded.get(problem) : undefined,
        )
      )
    ),
  );
}

async function gradedSample(
  request: EvaluationRequest,
  problem: Problem,
  sample: number,
  completion: Completion,
  recorded: readonly RecordedThought[] | undefined,
): Promise<Sample> {
  const text = request.examination.text(completion);
  const verdict = await request.examination.grade(text, problem);
  const softness = sampleSoftness(completion);
  return {
    problem: problem.id,
    sample,
    seed: request.seed,
    text,
    answer: verdict.extracted ?? null,
    canonical: verdict.canonical ?? null,
    correct: verdict.equal,
    reason: verdict.reason,
    ...(problem.kind !== undefined && { kind: problem.kind }),
    ...(verdict.program !== undefined && { program: verdict.program }),
    ...(verdict.detail !== undefined && { programDetail: verdict.detail }),
    tokens: completion.steps.length,
    thoughts: thoughtCount(completion),
    ...(softness !== undefined && { softness }),
    finish: completion.finish,
    ...(verdict.graderError !== undefined && { graderError: verdict.graderError }),
    ...(recorded !== undefined && { recorded }),
  };
}
