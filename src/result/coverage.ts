/**
 * How much of a dataset a result is about: said wherever its score stands.
 *
 * @module
 */
import { ERRATA_SUFFIX } from "../datasets/errata.ts";
import { PUBLISHED_DATASETS } from "../datasets/registry.ts";
import type { DatasetResult, Result } from "./types.ts";

/** Problems scored, and problems that the dataset holds; null where that is not known. */
export interface Coverage {
  /** Problems that were scored. */
  readonly scored: number;
  /** Problems of the dataset; null where that is not known. */
  readonly of: number | null;
}

/** Of a result's dataset; files that do not say it are about a dataset that the registry knows, or nobody does. */
export function coverageOf({ name, coverage: { scored, of } }: Pick<DatasetResult, "name" | "coverage">): Coverage {
  return { scored, of: of ?? publishedSize(name) ?? null };
}

/** Whether problems of the dataset are missing. */
export function isPart({ scored, of }: Coverage): boolean {
  return of !== null && scored < of;
}

/**
 * Whether a score of this result could be taken for that of a dataset that others report too, and is of fewer problems.
 * Generated datasets and one's own have no score elsewhere: an experiment may take as many of their problems as it likes.
 */
export function isPartOfPublished({ datasets }: Pick<Result, "datasets">): boolean {
  return datasets.some((dataset) => publishedSize(dataset.name) !== undefined && isPart(coverageOf(dataset)));
}

/** Problems of a dataset of the registry that others published; undefined of any other. */
export function publishedSize(name: string): number | undefined {
  const plain = name.endsWith(ERRATA_SUFFIX) ? name.slice(0, -ERRATA_SUFFIX.length) : name;
  return PUBLISHED_DATASETS.find((dataset) => dataset.name === plain)?.rows;
}

/** `40 of 1,319`, or `40` of a dataset that is whole or of unknown size. */
export function coverageText({ scored, of }: Coverage): string {
  return isPart({ scored, of }) ? `${grouped(scored)} of ${grouped(of!)}` : grouped(scored);
}

/** Of all datasets together: `200 of 1,000`. */
export function totalCoverage(parts: readonly Coverage[]): Coverage {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  // What is known to be missing is said, though the size of another dataset is not known.
  return { scored: sum(parts.map(({ scored }) => scored)), of: sum(parts.map(({ scored, of }) => of ?? scored)) };
}

function grouped(count: number): string {
  return count.toLocaleString("en");
}
