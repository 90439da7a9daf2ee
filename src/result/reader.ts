/**
 * Many result files, one after the other, in little time and memory.
 *
 * @module
 */
import { INTERVALS_VERSION } from "../metrics/estimate.ts";
import type { Vote } from "../metrics/types.ts";
import { CheckedFiles } from "./checked_files.ts";
import { type JsonFile, parseResult, type StoredResult } from "./store.ts";
import type { Result } from "./types.ts";

/** Checks files that are not known, and keeps equal votes once. */
export class ResultReader {
  private readonly votes = new Map<string, Vote>();

  /** @param checked files that need no check */
  constructor(private readonly checked: CheckedFiles = new CheckedFiles()) {}

  /**
   * A file's content as a result, with today's names.
   *
   * @throws {BenchError} If it is not valid
   */
  read(path: string, { value, sha256 }: JsonFile): StoredResult {
    // Others are not only checked: what they lack is added.
    const complete = (value as Partial<Result> | null)?.intervals === INTERVALS_VERSION;
    if (complete && this.checked.has(sha256)) return { path, result: this.withSharedVotes(value as Result) };
    const result = parseResult(value, path);
    if (complete) this.checked.add(sha256);
    return { path, result: this.withSharedVotes(result) };
  }

  /** Votes are two thirds of a result in memory, and most are like others. */
  private withSharedVotes(result: Result): Result {
    return {
      ...result,
      datasets: result.datasets.map((dataset) => ({
        ...dataset,
        problems: dataset.problems.map((problem) =>
          problem.votes === undefined ? problem : { ...problem, votes: problem.votes.map((vote) => this.shared(vote)) }
        ),
      })),
    };
  }

  private shared(vote: Vote): Vote {
    const key = JSON.stringify(vote);
    const known = this.votes.get(key);
    if (known === undefined) this.votes.set(key, vote);
    return known ?? vote;
  }
}
