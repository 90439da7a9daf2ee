/**
 * One graded sample: a line of `runs/<id>/samples/<arm>/<dataset>.jsonl`.
 *
 * @module
 */
import type { ProblemKind } from "../datasets/problem_kind.ts";
import type { ProgramOutcome } from "../grading/grade.ts";
import type { Completion } from "../rollout/completion.ts";
import type { SampleSoftness } from "../rollout/softness.ts";
import type { RecordedThought } from "./recorded_thought.ts";

/** A finished sample as it is stored. */
export interface Sample {
  /** Id of the problem, and index of the sample in [0, n). */
  readonly problem: string;
  /** Index among the samples of its problem, from 0. */
  readonly sample: number;
  /** Seed of the experiment, which with problem and sample names the noise. */
  readonly seed: number;
  /** What was written, without the token that ended it. */
  readonly text: string;
  /** The extracted answer; null where none could be extracted. */
  readonly answer: string | null;
  /** The answer's canonical form, by which votes are grouped; null where `answer` is, and where it is a program. */
  readonly canonical: string | null;
  /** Whether the answer is right. */
  readonly correct: boolean;
  /** Why, in the grader's word; absent in samples of earlier versions. */
  readonly reason?: string;
  /** What was asked for; absent: mathematics. Programs have no vote. */
  readonly kind?: ProblemKind;
  /** What became of the program, where one was asked for. */
  readonly program?: ProgramOutcome;
  /** Why it did not pass, in one line. */
  readonly programDetail?: string;
  /** Positions of the completion, thoughts and answer together. */
  readonly tokens: number;
  /** Those of them that are thoughts; absent where the sample was written elsewhere. */
  readonly thoughts?: number;
  /** How soft the thoughts were; absent where there are none. */
  readonly softness?: SampleSoftness;
  /** Whether it ended by itself or at the length limit. */
  readonly finish: Completion["finish"];
  /** Why the grader gave up, where it did. */
  readonly graderError?: string;
  /** Of a sample that is kept to be looked at: its thought, position by position. */
  readonly recorded?: readonly RecordedThought[];
  /** Of a sample that a server drew: what was asked of it, and what it says of itself. */
  readonly server?: ServerNote;
}

/** How a server drew a sample. */
export interface ServerNote {
  /** The seed that it was sent; absent where it takes none. */
  readonly seed?: number;
  /** Tokens of the prompt, as it counts them. */
  readonly promptTokens: number;
  /** What it calls its state, where it says so. */
  readonly fingerprint?: string;
  /** Log-probability of each token, where they were asked for. */
  readonly logProbs?: readonly (number | null)[];
}
