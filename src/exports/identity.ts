/**
 * What other formats ask of a result that ours spreads over several fields: who the model is, how it sampled, when.
 *
 * @module
 */
import { PUBLISHED_DATASETS } from "../datasets/registry.ts";
import { ERRATA_SUFFIX } from "../datasets/errata.ts";
import { coverageOf, coverageText, isPart } from "../result/coverage.ts";
import type { DatasetResult, Result } from "../result/types.ts";
import type { JsonObject, JsonValue } from "../files/json.ts";

/** Name of this program in other people's files. */
export const LIBRARY = "soft-grpo-bench";

/** A model as `developer/name`. */
export interface ModelIdentity {
  readonly developer: string;
  readonly name: string;
  readonly id: string;
  /** Whether the evaluated weights are the base model's own. */
  readonly untrained: boolean;
}

/**
 * An untrained model on the hub keeps its name there. Everything else has none: weights trained here, embedded models and
 * models that others trained are named after base model, arm and seed.
 */
export function modelIdentity({ model, arm, status }: Result): ModelIdentity {
  const hub = /^([^/\s]+)\/([^/@\s]+)@/.exec(model.source);
  const untrained = arm.algorithm === "base";
  const developer = fileSafe(untrained && hub ? hub[1] : status === "imported" ? "published" : LIBRARY);
  const base = hub ? hub[2] : model.name;
  const name = fileSafe(untrained ? base : `${base}-${arm.label}-s${arm.seed}`);
  return { developer, name, id: `${developer}/${name}`, untrained };
}

/** Letters, digits, `.`, `_`, `-` only, and none of the names that mean another folder. */
export function fileSafe(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]+/g, "_").replace(/^\.*$/, "_");
}

/** Sampling settings of the answer, as far as they are known. */
export interface GenerationSettings {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly maxTokens?: number;
}

/** Reads the settings from `decoding`, whether its names are ours (`topP`) or a publisher's (`top_p`). */
export function generationSettings({ decoding }: Result): GenerationSettings {
  const answers = objectOf(decoding.answers) ?? decoding;
  if (answers.rule === "greedy") return { temperature: 0, ...number("maxTokens", decoding, ["maxNewTokens"]) };
  const filter = objectOf(answers.filter) ?? answers;
  return {
    ...number("temperature", filter, ["temperature"]),
    ...number("topP", filter, ["topP", "top_p"]),
    ...number("topK", filter, ["topK", "top_k"]),
    ...number("maxTokens", decoding, ["maxNewTokens", "max_new_tokens", "maxTokens"]),
  };
}

function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as JsonObject : undefined;
}

function number<K extends string>(key: K, from: JsonObject, names: readonly string[]): { [key in K]?: number } {
  const found = names.map((name) => from[name]).find((value) => typeof value === "number");
  return found === undefined ? {} : { [key]: found } as { [key in K]?: number };
}

/** Pinned address of the file that a dataset comes from; undefined where it is generated or one's own. */
export function datasetAddress(name: string): string | undefined {
  const plain = name.endsWith(ERRATA_SUFFIX) ? name.slice(0, -ERRATA_SUFFIX.length) : name;
  return PUBLISHED_DATASETS.find((dataset) => dataset.name === plain)?.files[0].urls[0];
}

/** Seconds since 1970 of the run's start. */
export function startedSeconds({ run }: Result): number {
  return Date.parse(run.startedAt) / 1000;
}

/**
 * The first so many problems of every dataset, where all that have more were cut there: what other harnesses call limit.
 * Null where every dataset is whole, or where no one number says what was taken.
 */
export function limitOf({ datasets }: Result): number | null {
  const cut = datasets.map(coverageOf).filter(isPart).map(({ scored }) => scored);
  const whole = datasets.map(coverageOf).filter((coverage) => !isPart(coverage));
  const [limit] = cut;
  return cut.length > 0 && cut.every((scored) => scored === limit) && whole.every(({ scored }) => scored <= limit)
    ? limit
    : null;
}

/** What a reader has to know of a dataset of which problems are missing, in a sentence; undefined where none are. */
export function coverageNote(dataset: DatasetResult): string | undefined {
  const coverage = coverageOf(dataset);
  return isPart(coverage) ? `the first ${coverageText(coverage)} problems, not the whole dataset` : undefined;
}
