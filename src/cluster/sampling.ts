/**
 * Evaluation by servers: prompts, seeds, grading, counts and result files are those of an evaluation here; only the tokens
 * are drawn elsewhere.
 *
 * @module
 */
import { loadEndTokens } from "../checkpoint/checkpoint.ts";
import { modelFolder } from "../checkpoint/hub/cache.ts";
import { BenchError, UsageError } from "../errors.ts";
import type { CodeExecutor } from "../execution/executor.ts";
import type { ExecutorKind } from "../execution/registry.ts";
import { type ArmBench, finishArm } from "../experiment/arm_run.ts";
import { type BenchRun, workPlace } from "../experiment/bench.ts";
import { codeVersion } from "../experiment/code_version.ts";
import type { ExperimentConfig } from "../experiment/config.ts";
import { datasetIdentity, loadCutDatasets } from "../experiment/cut_datasets.ts";
import { decodedExperiment } from "../experiment/evaluate.ts";
import { EventStream } from "../experiment/event_stream.ts";
import type { BenchEvent } from "../experiment/events.ts";
import { type ExperimentBench, type ExperimentOutcome, runExperiment } from "../experiment/experiment.ts";
import { programRunner } from "../experiment/program_runner.ts";
import {
  armRuns,
  type ExperimentOverrides,
  type ResolvedExperimentConfig,
  resolveExperiment,
} from "../experiment/resolve.ts";
import { RunFolder } from "../experiment/run_folder.ts";
import { sourceHashes } from "../experiment/source_hashes.ts";
import { problemsOf } from "../experiment/workbench.ts";
import { opensThinking } from "../prompt/prompt.ts";
import type { JsonObject } from "../files/json.ts";
import { graderOfKinds, judge } from "../grading/judge.ts";
import { createPrompter, endOfThinkingTokens, loadChatTemplate, requirePromptsFit } from "../prompt/prompt.ts";
import { promptTemplate } from "../prompt/templates.ts";
import { loadTokenizer } from "../prompt/tokenizer.ts";
import { ENGINE_TITLES, type ServerDecoding, serverDecoding } from "./sampling_decoding.ts";
import { type AskingSettings, drawFromServers } from "./sampling_draw.ts";
import { ServerPool } from "./sampling_pool.ts";
import { type SamplingRoute } from "./sampling_routes.ts";
import { servedName, type ServerAccount, serverAddress } from "./sampling_servers.ts";

/** Where servers are and how they are asked. */
export interface ServerOptions {
  /** `http://host:port` of each server; all serve one model by one program. */
  readonly addresses: readonly string[];
  /** The servers' key. It is sent to them, and kept nowhere. */
  readonly key?: string;
  /** Which of the servers' models (default the only one). */
  readonly servedModel?: string;
  /** How a prompt travels (default our token ids). */
  readonly route?: SamplingRoute;
  /** Whether the log-probability of each token is kept (default not). */
  readonly logProbs?: boolean;
  /** Most requests under way at one server (default 64). */
  readonly concurrency?: number;
  /** Most seconds of one attempt (default 3600: the longest answers take long). */
  readonly timeoutSeconds?: number;
  /** Most attempts of one sample (default 20). */
  readonly attempts?: number;
  /** Most seconds that all servers may be gone at once (default 600). */
  readonly patienceSeconds?: number;
}

/** What a sampling run takes, beside its experiment, and what it leaves behind. */
export interface SampleWorkOptions extends ServerOptions {
  /** As of {@link bench}. */
  readonly runsFolder?: string;
  /** As of {@link bench}. */
  readonly resultsFolder?: string;
  /** As of {@link bench}. */
  readonly host?: string;
  /** As of {@link bench}. */
  readonly command?: readonly string[];
  /** As of {@link bench}. */
  readonly mirror?: string;
  /** As of {@link bench}. */
  readonly executor?: ExecutorKind | CodeExecutor;
  /** Stops the work at once, after saving. */
  readonly abort?: AbortSignal;
}

/** What {@link sample} may change of an experiment, and whom it asks. */
export interface SampleOptions extends Omit<ExperimentOverrides, "arms" | "steps">, SampleWorkOptions {
  /** As of {@link evaluate}; what the servers cannot draw is refused. */
  readonly decoding?: string;
}

const DEFAULTS = { concurrency: 64, timeoutSeconds: 3600, attempts: 20, patienceSeconds: 600 } as const;
const ASK_MS = 10_000, LOOK_MS = 2000, FIRST_PAUSE_MS = 250, MOST_PAUSE_MS = 30_000;

/**
 * Samples a model that servers hold, on an experiment's datasets, and scores it, without training.
 *
 * @throws {UsageError} If the experiment has no such decoding; in the iteration or the promise: if an option is wrong, or
 * servers cannot draw by that decoding
 * @throws {BenchError} In the iteration or the promise: if a file is missing or damaged, no server answers, or one refuses
 * @throws {InterruptedError} Likewise: after saving, if `abort` is aborted
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import tiny from "../../benchmarks/tiny.ts";
 * import { sample } from "./sampling.ts";
 *
 * // Nobody listens there.
 * const run = sample(tiny, { addresses: ["http://127.0.0.1:1"], decoding: "matched", datasets: ["arith-add"], limit: 1 });
 * await assertRejects(() => Promise.resolve(run), Error, "does not answer");
 * ```
 */
export function sample(experiment: ExperimentConfig, options: SampleOptions): BenchRun {
  const { decoding, model, datasets, seeds, problemsPerDataset, samples, maxNewTokens, limit, ...work } = options;
  const overrides = { model, datasets, seeds, problemsPerDataset, samples, maxNewTokens, limit };
  const given = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  const decoded = decodedExperiment(experiment, decoding, { wholeDatasets: datasets !== undefined });
  return new EventStream(
    (emit, abort) => sampleResolved(resolveExperiment(decoded, { ...given, steps: 0 }), { ...work, abort }, emit),
    options.abort,
  );
}

/** As {@link sample}, of a configuration with nothing left open. */
export async function sampleResolved(
  config: ResolvedExperimentConfig,
  options: SampleWorkOptions,
  emit: (event: BenchEvent) => void,
): Promise<ExperimentOutcome> {
  if (options.addresses.length === 0) {
    throw new UsageError("Cannot sample: expected the address of a server; give --address");
  }
  using place = workPlace(options);
  const { resultsFolder, host = "", abort, command } = options;
  await using bench = await openBench(config, { ...options, runsFolder: place.folder }, emit);
  const { account, count } = bench.pool;
  const version = account.version === null ? "" : `, version ${account.version}`;
  emit({
    kind: "start",
    config,
    runs: armRuns(config).length,
    lanes: 1,
    problems: problemsOf(bench),
    backend: account.engine,
    reason: `${count.here} of ${count.all} servers answer${version}`,
    folder: bench.folder.path,
  });
  return await runExperiment(bench, bench.doRun, {
    ...(resultsFolder !== undefined && { resultsFolder }),
    ...(abort && { abort }),
    ...(command && { command }),
    onEvent: emit,
    host,
  });
}

/** All that the runs of an experiment have in common, open. */
interface SamplingBench extends ArmBench, ExperimentBench, AsyncDisposable {
  readonly opened: ArmBench["opened"];
  readonly pool: ServerPool;
  readonly doRun: Parameters<typeof runExperiment>[1];
}

async function openBench(
  config: ResolvedExperimentConfig,
  options: SampleWorkOptions & { readonly runsFolder: string },
  emit: (event: BenchEvent) => void,
): Promise<SamplingBench> {
  const { concurrency = DEFAULTS.concurrency, key, logProbs = false, route = "ids" } = options;
  const mirror = options.mirror === undefined ? {} : { mirror: options.mirror };
  const datasets = await loadCutDatasets(config, mirror);
  const modelAt = modelFolder(config.model);
  const [tokenizer, template, ends] = await Promise.all([
    loadTokenizer(modelAt),
    loadChatTemplate(modelAt),
    loadEndTokens(modelAt),
  ]);
  const kinds = datasets.map(({ kind }) => kind);
  const prompter = createPrompter(
    tokenizer,
    template,
    promptTemplate(config.prompt),
    kinds.filter((kind) => kind !== undefined),
  );
  const pool = await ServerPool.open(options.addresses.map(serverAddress), {
    ...(key !== undefined && { key }),
    ...(options.servedModel !== undefined && { model: options.servedModel }),
    ...(options.abort !== undefined && { abort: options.abort }),
    timeoutMs: ASK_MS,
    atOnce: concurrency,
    lookMs: LOOK_MS,
    patienceMs: 1000 * (options.patienceSeconds ?? DEFAULTS.patienceSeconds),
    onNote: (text) => emit({ kind: "note", text }),
  });
  try {
    const { account } = pool;
    const decodings = new Map(
      config.arms.flatMap(({ evaluations }) => evaluations)
        .map((evaluation) => [evaluation, serverDecoding(evaluation, account.engine)] as const),
    );
    for (const decoding of decodings.values()) {
      requireServing(account, route, decoding, (end) => endOfThinkingTokens(tokenizer, end).length);
    }
    const prompts = datasets.flatMap(({ problems }) =>
      problems.map((problem) => ({ id: problem.id, ids: prompter.ids(problem) }))
    );
    requirePromptsFit(prompts, {
      maxPositions: account.maxPositions ?? Infinity,
      maxNewTokens: config.evaluationMaxNewTokens,
    });
    const programs = programRunner(options);
    const graderOf: ArmBench["graderOf"] = (own) => graderOfKinds(own, config.grader, programs.name);
    const thinking = opensThinking(prompter);
    const facts: JsonObject = {
      engineVersion: account.version,
      servedModel: servedName(account),
      prompt: PROMPT_WORDS[route === "ids" && decodings.values().some(isSoft) ? "generate" : route],
    };
    const identity = {
      config: { ...config, seeds: undefined, arms: undefined },
      model: servedName(account),
      tokenizer: tokenizer.sha256,
      prompt: prompter.sha256,
      datasets: datasets.map(datasetIdentity),
      grader: graderOf(kinds),
      backend: account.engine,
      details: { ...facts, logProbs },
      code: sourceHashes(),
    };
    const asking: AskingSettings = {
      attempts: options.attempts ?? DEFAULTS.attempts,
      timeoutMs: 1000 * (options.timeoutSeconds ?? DEFAULTS.timeoutSeconds),
      firstPauseMs: FIRST_PAUSE_MS,
      mostPauseMs: MOST_PAUSE_MS,
      ...(key !== undefined && { key }),
    };
    const bench: ArmBench & ExperimentBench = {
      config,
      datasets,
      notes: ends.notes,
      code: await codeVersion(),
      folder: new RunFolder(options.runsFolder, config.name, identity),
      graderOf,
      tokenizer,
      prompter,
      // Nobody here has seen what the servers compute with.
      checkpoint: { parameters: null },
      weightsSha256: null,
      opened: { model: { backend: account.engine, reproducibility: "statistical" }, facts },
    };
    return {
      ...bench,
      pool,
      doRun: (run, own) =>
        finishArm(bench, run, {
          train: () => Promise.resolve(undefined),
          draw: (request) => {
            const decoding = decodings.get(request.evaluation)!;
            return drawFromServers({
              pool,
              asking,
              engine: account.engine,
              route: isSoft(decoding) ? "generate" : route,
              model: account.model,
              decoding,
              maxNewTokens: config.evaluationMaxNewTokens,
              endTokens: ends.ids,
              logProbs,
              atOnce: concurrency * options.addresses.length,
              samples: config.samples,
              prompt: (problem) => ({
                ids: prompter.ids(problem),
                text: prompter.text(problem),
                turn: prompter.turn(problem),
              }),
              decode: (ids) => tokenizer.decode(ids),
              grade: (text, problem) =>
                judge(text, problem, { grader: config.grader, thinking, executor: programs.executor }),
            }, request);
          },
        }, own),
      [Symbol.asyncDispose]: async () => {
        pool[Symbol.dispose]();
        await programs.close();
      },
    };
  } catch (error) {
    pool[Symbol.dispose]();
    throw error;
  }
}

/** What is sent as a prompt, as results say it. */
const PROMPT_WORDS = {
  ids: "token ids",
  generate: "token ids",
  text: "text",
  chat: "the user's turn, put into the server's own template",
} as const satisfies Record<SamplingRoute, string>;

function isSoft({ kind }: ServerDecoding): boolean {
  return kind === "soft";
}

/** Refuses a route that the server does not have, and a soft-thinking server of another width. */
function requireServing(
  { engine, mixed }: ServerAccount,
  route: SamplingRoute,
  decoding: ServerDecoding,
  tokensOf: (text: string) => number,
): void {
  if (route === "generate" && engine !== "sglang" && engine !== "sglang-soft") {
    throw new UsageError(`Cannot sample by --route generate from ${ENGINE_TITLES[engine]}: that route is SGLang's own`);
  }
  if (decoding.kind !== "soft") return;
  if (route !== "ids" && route !== "generate") {
    throw new UsageError(
      `Cannot sample softly by --route ${route}: there the server drops what makes thoughts soft; take --route generate`,
    );
  }
  if (mixed !== undefined && mixed !== decoding.filter.topK) {
    throw new BenchError(
      `Cannot sample softly: the server mixes ${mixed} tokens, the decoding ${decoding.filter.topK}; ` +
        `start it with --max-topk ${decoding.filter.topK}`,
    );
  }
  const tokens = tokensOf(decoding.thinkEnd);
  if (tokens !== 1) {
    throw new BenchError(
      `Cannot sample softly: ${decoding.thinkEnd} is ${tokens} tokens, and the server ends the thinking at the last one ` +
        "alone; take a model that has one token for it",
    );
  }
}
