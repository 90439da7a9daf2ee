/**
 * Which submission of a run is to be followed. A run's submissions are numbered; one that ended badly has a next one,
 * which goes on from the run's last checkpoint.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { hasEnded, type RayJob } from "./ray_answers.ts";
import type { RayJobs } from "./ray_jobs.ts";

/** A submission of a run. */
export interface Attempt {
  readonly id: string;
  /** From 1. */
  readonly number: number;
  /** As the cluster tells of it; absent where it is yet to be submitted. */
  readonly job?: RayJob;
}

/** More were never meant. */
const MOST_ATTEMPTS = 100;
/** Exit codes above are of programs that a signal ended: of a machine that went down, or had no memory left. */
const LARGEST_EXIT_CODE = 128;

/** `soft-grpo-bench-0123456789ab-a1`. */
export function submissionId(run: string, attempt: number): string {
  return `soft-grpo-bench-${run}-a${attempt}`;
}

/**
 * The submission to follow: one that is under way or was successful, else the next that is to be submitted.
 *
 * @param run what names it: a hash of all that decides it
 */
export async function currentAttempt(jobs: RayJobs, run: string): Promise<Attempt> {
  for (let number = 1; number <= MOST_ATTEMPTS; number++) {
    const id = submissionId(run, number);
    const job = await jobs.job(id);
    if (job === undefined) return { id, number };
    if (!hasEnded(job) || job.status === "SUCCEEDED") return { id, number, job };
  }
  throw new BenchError(`Cannot submit run ${run}: found ${MOST_ATTEMPTS} attempts that failed, expected fewer`);
}

/** Whether a job was lost with its machine rather than failed by itself: another attempt can succeed. */
export function wasLost({ status, driver_exit_code: code }: RayJob): boolean {
  return status === "FAILED" && (code === null || code === undefined || code < 0 || code > LARGEST_EXIT_CODE);
}
