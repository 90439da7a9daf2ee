/**
 * Many result files, one after the other, in little memory.
 *
 * @module
 */
import type { Vote } from "../metrics/types.ts";
import { type JsonFile, parseResult, type StoredResult } from "./store.ts";
import type { Result } from "./types.ts";

/** Checks files, and keeps equal votes once. */
export class ResultReader {
  private readonly votes = new Map<string, Vote>();

  /**
   * A file's content as a result, with today's names.
   *
   * @throws {BenchError} If it is not valid
   */
  read(path: string, { value }: JsonFile): StoredResult {
    return { path, result: this.withSharedVotes(parseResult(value, path)) };
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
