/**
 * The completions that a training drew, one line each in the run folder, in the order of steps, prompts and samples. The
 * file follows the model: a checkpoint holds a copy of it, and goes on from that.
 *
 * @module
 */
import { now } from "../clock.ts";
import { dirname } from "node:path";
import { ChainedLinesWriter, chainOf } from "../files/chained_lines.ts";
import { readWholeLines } from "../files/json_lines.ts";
import { readTextIfPresent } from "../files/read.ts";
import { makeFolder, writeFileAtomically } from "../files/write.ts";
import { thoughtCount } from "../rollout/softness.ts";
import type { ResolvedTraining } from "../training/config.ts";
import type { DrawnCompletion } from "../training/step_rollout.ts";

/** A completion as it is kept. */
export interface KeptCompletion {
  /** From 1. */
  readonly step: number;
  /** How often its group was drawn before in this step; absent: never. */
  readonly draw?: number;
  /** Id of the problem, and index in its group. */
  readonly problem: string;
  readonly sample: number;
  /** What was written, without the token that ended it. */
  readonly text: string;
  /** The extracted answer; null where none could be extracted. */
  readonly answer: string | null;
  readonly correct: boolean;
  /** Absent where the grader failed. */
  readonly reward?: number;
  /** Whether it carries no loss; absent: it does. */
  readonly excluded?: true;
  /** Positions, thoughts and answer together, and those of them that are thoughts. */
  readonly tokens: number;
  readonly thoughts: number;
  readonly finish: "stop" | "length";
  /** Why the grader gave up, where it did. */
  readonly graderError?: string;
}

/** Bytes that a training's completions are kept in, about: a text has four a token, the rest of its line a quarter kilobyte. */
const KEPT_BYTES = 2 ** 26, TOKEN_BYTES = 4, LINE_BYTES = 256;

/**
 * Prompts of a step whose completions are kept where no number is asked for: the first ones, as many as 64 MiB a training
 * hold if every completion runs to its limit, and at least one.
 */
export function keptPrompts(
  { steps, promptsPerStep, groupSize }: Pick<ResolvedTraining, "steps" | "promptsPerStep" | "groupSize">,
  maxNewTokens: number,
): number {
  const bytes = steps * groupSize * (LINE_BYTES + TOKEN_BYTES * maxNewTokens);
  return Math.min(promptsPerStep, Math.max(1, Math.floor(KEPT_BYTES / bytes)));
}

/** Completions wait this long at most until they are written. */
const WRITE_MS = 2000;

/** What a chain begins from, whatever lies in its file. */
const NOTHING = { lines: [], wholeBytes: 0, torn: false } as const;

/** The file under way; dispose of it to close it. */
export class RolloutLog implements Disposable {
  readonly #path: string;
  readonly #writer: ChainedLinesWriter;
  readonly #prompts: number;
  #waiting: KeptCompletion[] = [];
  #writtenAt = now();

  /**
   * Begins with what the checkpoint holds that the training goes on from.
   *
   * @param owner whose completions those are
   * @param before the copy in the checkpoint; empty where there is none
   * @param prompts of each step, the first ones, whose completions are kept
   */
  constructor(path: string, owner: string, before: string, prompts: number) {
    makeFolder(dirname(path));
    if (before !== "") writeFileAtomically(path, before);
    const lines = before === "" ? NOTHING : readWholeLines(path);
    this.#path = path;
    this.#writer = new ChainedLinesWriter(path, chainOf(path, lines, owner));
    this.#prompts = prompts;
  }

  /** Takes a completion; it is on the disk within seconds. */
  add({ step, draw, prompt, sample, problem, paid }: DrawnCompletion, text: string): void {
    if (prompt >= this.#prompts) return;
    const { completion, verdict, reward, excluded } = paid;
    this.#waiting.push({
      step,
      ...(draw > 0 && { draw }),
      problem: problem.id,
      sample,
      text,
      answer: verdict.extracted ?? null,
      correct: verdict.equal,
      ...(reward !== undefined && { reward }),
      ...(excluded && { excluded }),
      tokens: completion.steps.length,
      thoughts: thoughtCount(completion),
      finish: completion.finish,
      ...(verdict.graderError !== undefined && { graderError: verdict.graderError }),
    });
    if (now() - this.#writtenAt >= WRITE_MS) this.flush();
  }

  /** Everything that was taken is on the disk when this returns. */
  flush(): void {
    if (this.#waiting.length > 0) this.#writer.append(this.#waiting);
    this.#waiting = [];
    this.#writtenAt = now();
  }

  /** The lines of all steps up to this one, on the disk: those of a step that was broken off are drawn again. */
  async upTo(step: number): Promise<string> {
    this.flush();
    const text = await readTextIfPresent(this.#path) ?? "";
    let end = text.length;
    while (end > 0) {
      const begin = text.lastIndexOf("\n", end - 2) + 1;
      if ((JSON.parse(text.slice(begin, end)) as KeptCompletion).step <= step) break;
      end = begin;
    }
    return text.slice(0, end);
  }

  [Symbol.dispose](): void {
    this.#writer.close();
  }
}
