/**
 * The log of a job on Ray as it is written: by a socket, and where that breaks by asking again, from the character on
 * that was seen last. A socket's end is no verdict: the job's status alone is.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { hasEnded, type RayJob } from "./ray_answers.ts";
import { LARGEST_LOG, type RayJobs } from "./ray_jobs.ts";

/** How often is asked, where no socket tells. */
const POLL_MS = 2000;
/** And how often, whether the job is still there, where one does. */
const CHECK_MS = 15_000;
/** Sockets that break, one after the other, before no other is opened. */
const MOST_BROKEN = 3;

/** What to do with what a job writes. */
export interface FollowOptions {
  /** The next characters of the log, every one once. */
  readonly onText: (text: string) => void;
  readonly abort?: AbortSignal;
}

/**
 * Follows a job to its end.
 *
 * @returns the job at its end, and its whole log
 * @throws {BenchError} If the cluster cannot be reached, or knows the job no more
 * @throws {DOMException} If `abort` is aborted; the job goes on
 */
export async function follow(
  jobs: RayJobs,
  id: string,
  { onText, abort }: FollowOptions,
): Promise<{ job: RayJob; log: string }> {
  let seen = 0, broken = 0;
  const stopped = overOf(abort);
  const show = (whole: string) => {
    if (whole.length <= seen) return;
    onText(whole.slice(seen));
    seen = whole.length;
  };
  for (;;) {
    abort?.throwIfAborted();
    const job = await jobs.job(id);
    if (job === undefined) {
      throw new BenchError(
        `Cannot follow job ${id}: the cluster knows it no more; the same command submits it again, ` +
          "and work on shared storage goes on from its last checkpoint",
      );
    }
    if (hasEnded(job)) {
      const log = await jobs.log(id);
      show(log);
      return { job, log };
    }
    if (broken < MOST_BROKEN && job.status === "RUNNING") {
      const socket = new LogSocket(jobs.tail(id), show);
      // Where the other end is gone without a word, nothing comes any more.
      while (socket.isOpen && !stopped.isOver && await isAtWork(jobs, id)) {
        await Promise.race([socket.ended, stopped.over, jobs.wait(CHECK_MS)]);
      }
      broken = socket.wasWhole ? 0 : broken + 1;
      socket.close();
    } else show(await jobs.log(id));
    await Promise.race([stopped.over, jobs.wait(POLL_MS)]);
  }
}

async function isAtWork(jobs: RayJobs, id: string): Promise<boolean> {
  const job = await jobs.job(id);
  return job !== undefined && !hasEnded(job);
}

/** RFC 6455, section 7.4.1. */
const NORMAL_CLOSURE = 1000;

/** A log that comes on a socket, from its beginning. */
class LogSocket {
  readonly #socket: WebSocket;
  /** When nothing more comes. */
  readonly ended: Promise<void>;
  isOpen = true;
  /** Whether it was closed as at a job's end. */
  wasWhole = false;

  constructor(socket: WebSocket, show: (whole: string) => void) {
    const { promise, resolve } = Promise.withResolvers<void>();
    let whole = "";
    const end = (wasWhole: boolean) => {
      this.isOpen = false;
      this.wasWhole = wasWhole;
      resolve();
    };
    socket.onmessage = ({ data }) => {
      if (typeof data === "string" && whole.length + data.length <= LARGEST_LOG) show(whole += data);
    };
    socket.onerror = () => end(false);
    socket.onclose = ({ code }) => this.isOpen && end(code === NORMAL_CLOSURE);
    this.#socket = socket;
    this.ended = promise;
  }

  close(): void {
    this.#socket.onmessage = null;
    if (this.#socket.readyState !== WebSocket.CLOSED) this.#socket.close();
  }
}

/** A signal as something to wait for, which may never come. */
function overOf(abort: AbortSignal | undefined): { readonly over: Promise<void>; readonly isOver: boolean } {
  const { promise, resolve } = Promise.withResolvers<void>();
  abort?.addEventListener("abort", () => resolve(), { once: true });
  return {
    over: promise,
    get isOver() {
      return abort?.aborted ?? false;
    },
  };
}
