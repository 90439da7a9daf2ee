/**
 * Many result files, one after the other, in little time and memory.
 *
 * @module
 */
import { INTERVALS_VERSION } from "../metrics/estimate.ts";
import type { Vote } from "../metrics/types.ts";
import { CheckedFiles } from "./checked_files.ts";
import { presentNames } from "./earlier_versions.ts";
import { type JsonFile, parseResult, type StoredResult } from "./store.ts";
import type { Result } from "./types.ts";
import { validateResult } from "./validate.ts";

/** Checks files that are not known, and keeps equal votes once. */
export class ResultReader {
  /** By answer, at twice their count, and one more where they are right. */
  private readonly votes = new Map<string, Vote[]>();

  /** @param checked files that need no check */
  constructor(private readonly checked: CheckedFiles = new CheckedFiles()) {}

  /**
   * A file's content as a result, with today's names.
   *
   * @throws {BenchError} If it is not valid
   */
  read(path: string, { value, sha256 }: JsonFile): StoredResult {
    // Others are not only checked: what they lack is added.
    if ((value as Partial<Result> | null)?.intervals !== INTERVALS_VERSION) {
      return { path, result: this.withSharedVotes(parseResult(value, path)) };
    }
    if (!this.checked.has(sha256)) {
      validateResult(value, path);
      this.checked.add(sha256);
    }
    // The value itself takes less memory than the copy that a check makes.
    return { path, result: this.withSharedVotes(presentNames(value as Result)) };
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
    const [answer, count, correct] = vote;
    let own = this.votes.get(answer);
    if (own === undefined) this.votes.set(answer, own = []);
    return own[2 * count + Number(correct)] ??= vote;
  }
}
