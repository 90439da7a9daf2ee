/**
 * How far an experiment is, as a file of its run folder for those who watch from outside. It tells of now: after a power
 * cut it may be gone.
 *
 * @module
 */
import { dateTime, now } from "../clock.ts";
import { readBytesIfPresent } from "../files/read.ts";
import { withDiskErrors } from "../files/write.ts";
import type { BenchEvent } from "./events.ts";
import { type ExperimentProgress, progressSchema, type ProgressState } from "./experiment_progress.ts";

/** Name of the file in a run folder. */
export const PROGRESS_FILE = "progress.json";
/** Between two writings, unless a run begins or ends. */
const APART_MS = 1000;

/** Keeps the file as far as the experiment is. */
export class ProgressFile implements Disposable {
  readonly #path: string;
  readonly #progress: ExperimentProgress;
  #writtenAt = -Infinity;

  /** @param folder of the run, which nobody else works in */
  constructor(folder: string, progress: ExperimentProgress) {
    this.#path = `${folder}/${PROGRESS_FILE}`;
    this.#progress = progress;
    this.#write();
  }

  /** Takes an event in. */
  follow(event: BenchEvent): void {
    this.#progress.follow(event);
    const ends = event.kind === "result" || event.kind === "failure" || event.kind === "training";
    if (ends || now() - this.#writtenAt >= APART_MS) this.#write();
  }

  /** A last writing that fails must not hide what ended the run, nor call finished work failed. */
  [Symbol.dispose](): void {
    try {
      this.#write();
    } catch {
      // Those who watch see the writing before it.
    }
  }

  #write(): void {
    this.#writtenAt = now();
    const temporary = `${this.#path}.tmp`;
    withDiskErrors(this.#path, () => {
      Deno.writeTextFileSync(temporary, JSON.stringify(this.#progress.state(dateTime())) + "\n");
      Deno.renameSync(temporary, this.#path);
    });
  }
}

/** What the file of a run folder says; undefined where there is none, or it is damaged. */
export function readProgress(folder: string): ProgressState | undefined {
  const bytes = readBytesIfPresent(`${folder}/${PROGRESS_FILE}`);
  if (bytes === undefined) return undefined;
  try {
    return progressSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data;
  } catch {
    return undefined;
  }
}
