/**
 * How an experiment's work is cut on the CPU engine: sequences drawn at once, layers computed again or kept, and whether it
 * fits at all. All of it follows from the memory that is free, the most that an engine holds, and the model's own
 * numbers. No number of a result depends on it, so a run that goes on may choose anew.
 *
 * @module
 */
import type { AdapterConfig } from "../models/adapter.ts";
import { engineCapacity, footprint, type Lengths, sizedEngine } from "../engine/footprint.ts";
import { hasRoomToPack, layoutParameters } from "../engine/parameters.ts";
import type { SizedEngine } from "../engine/pass_room.ts";
import { WASM_CAPACITY } from "../engine/shared_memory.ts";
import { BenchError } from "../errors.ts";
import { SEQUENCES_AT_ONCE } from "../evaluation/evaluation.ts";
import type { ModelConfig } from "../models/model_config.ts";
import { parameterCount } from "../models/parameters.ts";
import { gigabytesText } from "../text/numbers.ts";
import {
  type Cut,
  engineWork,
  keptLaws,
  mostSequences,
  type ProblemSizes,
  referenceWork,
  savedBytes,
  trainedArms,
} from "./engine_work.ts";
import { type FreeMemory, freeMemory } from "./free_memory.ts";
import { shareThreads, type ThreadShare } from "./lane_count.ts";
import { type OpenModelOptions, trainedAdapter } from "./open_model.ts";
import type { ResolvedExperimentConfig } from "./resolve.ts";

/**
 * Ways to cut the work, the fastest first: panels are made for as much as they take, layers again each time. Recordings are
 * made where all else fits beside them.
 */
const CUTS = [
  { recompute: false, packs: true, records: true },
  { recompute: false, packs: true, records: false },
  { recompute: true, packs: true, records: false },
  { recompute: false, packs: false, records: true },
  { recompute: false, packs: false, records: false },
  { recompute: true, packs: false, records: false },
] as const;
/** Share of the free memory that is planned with: other programs live too. */
const USABLE = 0.9;
/** Deno with the code; a lane beside its engine, with tokenizer, datasets and samples; and a thread of the engine. */
const PROGRAM_BYTES = 170e6, LANE_BYTES = 150e6, THREAD_BYTES = 15e6;

/** What one run has of the machine. */
export interface Machine {
  /** Bytes that it may take beside the program. */
  readonly roomBytes: number;
  /** Threads of its engine. */
  readonly workers: number;
  /** Bytes of its engine's memory at most. */
  readonly capacity: number;
}

/** Options from which a machine's share follows. */
export interface MachineOptions extends OpenModelOptions {
  /** Bytes that may be taken beside the program (default most of what is free). */
  readonly roomBytes?: number;
}

/** How the work is cut, and what it then takes. */
export interface Sizes extends Cut {
  /** Bytes that the engine's memory may grow to before a pass computes layers again. */
  readonly room: number;
  /** Bytes of the engine's memory where every completion runs to its limit. */
  readonly engine: number;
  /** The same at most. */
  readonly engineAtMost: number;
  /** Bytes of the memory of the frozen reference's engine at most; 0 where there is none. */
  readonly reference: number;
  /** Bytes beside them: tokenizer and samples, threads, and what a checkpoint is read to, or saved from. */
  readonly others: number;
}

/** Work that does not fit the machine, however it is cut. */
export class FitError extends BenchError {}

/** What is to be done. */
export interface Question {
  readonly config: ResolvedExperimentConfig;
  readonly model: ModelConfig;
  readonly problems: ProblemSizes;
  /** Whether evaluations decode by weights in bf16 (default false). */
  readonly rounds?: boolean;
}

/** Bytes that runs may take beside the program. */
export function usableBytes({ bytes }: FreeMemory): number {
  return bytes * USABLE - PROGRAM_BYTES;
}

/** Bytes that the process holds at the peak of so many runs at once, where every completion runs to its limit. */
export function expectedBytes({ engine, reference, others }: Sizes, lanes: number): number {
  return PROGRAM_BYTES + lanes * (engine + reference + others);
}

/**
 * How many runs are at work at once, and how each is cut on the CPU engine.
 *
 * @param onEngine whether it is the CPU engine that computes; no other backend is shared or cut
 * @param runs independent runs that there are
 * @throws {FitError} If even one that is cut smallest does not fit
 */
export async function shareMachine<Options extends MachineOptions>(
  asked: Question,
  onEngine: boolean,
  options: Options,
  runs: number,
): Promise<{ threads: ThreadShare<Options>; sizes: Sizes | undefined }> {
  if (!onEngine) return { threads: { lanes: 1, options }, sizes: undefined };
  const question = { ...asked, rounds: options.decodeDtype === "bfloat16" }, { model } = question;
  const capacity = await engineCapacity(options.products);
  const room = options.roomBytes ?? usableBytes(freeMemory());
  const share = await shareThreads(parameterCount(model), runs, options, async (lanes, workers) => {
    const engine = await sizedEngine(model, workers, adapterOf(question));
    const sizes = sizesThatFit(question, engine, room / lanes, capacity);
    return sizes !== undefined && !sizes.recompute && sizes.sequences === mostAtOnce(question);
  });
  const roomBytes = room / share.lanes;
  const { workers = navigator.hardwareConcurrency } = share.options;
  const sizes = await chooseSizes(question, { roomBytes, workers, capacity });
  return { threads: { ...share, options: { ...share.options, roomBytes } }, sizes };
}

/**
 * The cut of an experiment: layers are kept where that fits, for computing them again takes a third more time, and as many
 * sequences are drawn at once as fit then.
 *
 * @throws {FitError} If even the smallest cut does not fit, with the figures and what would
 */
export async function chooseSizes(question: Question, machine: Machine): Promise<Sizes> {
  const engine = await sizedEngine(question.model, machine.workers, adapterOf(question));
  const found = sizesThatFit(question, engine, machine.roomBytes, machine.capacity);
  if (found !== undefined) return found;
  throw new FitError(await refusal(question, engine, machine));
}

/** The cut that fits so many bytes; undefined where none does. */
function sizesThatFit(question: Question, engine: SizedEngine, bytes: number, capacity: number): Sizes | undefined {
  const { reference, others } = besideEngine(question, engine);
  const room = Math.min(capacity, bytes - reference - others);
  if (reference > capacity) return undefined;
  const work = engineWork(question.config, question.problems, question.rounds);
  const held = (cut: Cut, lengths: Lengths) => footprint(engine, work(cut), lengths).bytes;
  // Where evaluations round weights and nothing is trained, nothing decodes by exact ones.
  const isExact = question.rounds !== true || trainedArms(question.config).length > 0;
  const packs = isExact && hasRoomToPack(question.model, layoutParameters(question.model), room);
  for (const how of packs ? CUTS : CUTS.filter((cut) => !cut.packs)) {
    // Where lengths happen to make a pass larger than it is at full length, that pass computes layers again.
    const fits = (sequences: number) =>
      held({ ...how, sequences, recompute: true }, "any") <= room && held({ ...how, sequences }, "full") <= room;
    const sequences = largestThat(fits, mostAtOnce(question));
    if (sequences === 0 || how.records && sequences < mostAtOnce(question)) continue;
    const cut = { ...how, sequences };
    const engineAtMost = Math.min(room, held(cut, "any"));
    return { ...cut, room, engine: held(cut, "full"), engineAtMost, reference, others };
  }
  return undefined;
}

function adapterOf({ config }: Question): AdapterConfig | undefined {
  return trainedAdapter(config).adapter;
}

function mostAtOnce({ config, problems }: Question): number {
  return Math.min(SEQUENCES_AT_ONCE, mostSequences(config, problems));
}

/** Bytes of a lane that do not depend on its cut. */
function besideEngine({ config, model, problems }: Question, engine: SizedEngine): Pick<Sizes, "reference" | "others"> {
  const anchor = referenceWork(config, problems);
  const threads = (anchor === undefined ? 1 : 2) * engine.workers;
  const laws = keptLaws(config) * model.vocabularySize * Float32Array.BYTES_PER_ELEMENT;
  // A checkpoint is read tensor by tensor, and saved from copies.
  const read = model.vocabularySize * model.hiddenSize * Float32Array.BYTES_PER_ELEMENT;
  const saved = trainedArms(config).length > 0 ? savedBytes(engine.adapter?.size ?? parameterCount(model)) : 0;
  const copied = Math.max(read, saved);
  return {
    reference: anchor === undefined ? 0 : footprint(engine, anchor).bytes,
    others: LANE_BYTES + threads * THREAD_BYTES + laws + copied,
  };
}

/** The largest of 1 to `most` that fits, where all below it fit too; 0 where none does. */
function largestThat(fits: (value: number) => boolean, most: number): number {
  if (fits(most)) return most;
  let low = 0, high = most;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Bytes that the smallest cut takes. */
function leastBytes(question: Question, engine: SizedEngine): { own: number; all: number } {
  const { reference, others } = besideEngine(question, engine);
  const least = engineWork(question.config, question.problems, question.rounds)({
    sequences: 1,
    recompute: true,
    packs: false,
    records: false,
  });
  const { bytes } = footprint(engine, least);
  return { own: Math.max(bytes, reference), all: bytes + reference + others };
}

async function refusal(question: Question, engine: SizedEngine, machine: Machine): Promise<string> {
  const { roomBytes, workers, capacity } = machine;
  const { config, model } = question;
  const { own, all } = leastBytes(question, engine);
  const needs = [
    ...(own <= capacity ? [] : [
      `it needs at least ${exactText(own)}, ${
        capacity === WASM_CAPACITY ? "a WebAssembly memory" : "an engine"
      } holds ${exactText(capacity)}`,
    ]),
    ...(all <= roomBytes ? [] : [
      `it needs at least ${exactText(all)} in all, ${exactText(Math.max(0, roomBytes))} may be taken`,
    ]),
  ].join(", and ");
  const fits = (of: Question, by: SizedEngine) => {
    const least = leastBytes(of, by);
    return least.own <= capacity && least.all <= roomBytes;
  };
  const longest = Math.max(config.maxNewTokens, config.evaluationMaxNewTokens);
  const tokens = largestThat((own) => fits({ ...question, config: withTokens(config, own) }, engine), longest);
  const single = workers > 1 ? await sizedEngine(model, 1, adapterOf(question)) : undefined;
  const advice = [
    ...(tokens > 0 ? [`--max-new-tokens ${tokens} would fit`] : []),
    ...(single !== undefined && fits(question, single) ? ["--workers 1 would fit"] : []),
  ];
  return `Cannot run ${config.name} on cpu-engine: ${needs}; ` +
    (advice.length > 0 ? advice.join(", ") : "take a smaller model, or a GPU (--backend torch)");
}

/** Two figures that differ by little must not look alike. */
function exactText(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : gigabytesText(bytes);
}

function withTokens(config: ResolvedExperimentConfig, tokens: number): ResolvedExperimentConfig {
  return { ...config, maxNewTokens: tokens, evaluationMaxNewTokens: tokens };
}
