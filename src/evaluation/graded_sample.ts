/**
 * A text with its verdict as a sample, wherever the text was drawn.
 *
 * @module
 */
import type { Problem } from "../datasets/problem.ts";
import type { Examination } from "../grading/examination.ts";
import type { Sample } from "./sample.ts";

/** What was drawn, before anybody judged it. */
export type DrawnText =
  & Pick<Sample, "sample" | "seed" | "text" | "tokens" | "finish">
  & Partial<Pick<Sample, "thoughts" | "softness" | "recorded" | "server">>;

/**
 * Judges a text and puts it down as a sample.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { grade } from "../grading/grade.ts";
 * import { gradedSample } from "./graded_sample.ts";
 * const problem = { id: "p", question: "2 + 3", answer: "5" };
 * const drawn = { sample: 0, seed: 1, text: "It is \\boxed{5}.", tokens: 7, finish: "stop" } as const;
 * const { correct, canonical } = await gradedSample((text, { answer }) => grade(text, answer), problem, drawn);
 * assertEquals([correct, canonical], [true, "5"]);
 * ```
 */
export async function gradedSample(
  grade: Examination["grade"],
  problem: Problem,
  { sample, seed, text, tokens, thoughts, softness, finish, recorded, server }: DrawnText,
): Promise<Sample> {
  const verdict = await grade(text, problem);
  return {
    problem: problem.id,
    sample,
    seed,
    text,
    answer: verdict.extracted ?? null,
    canonical: verdict.canonical ?? null,
    correct: verdict.equal,
    reason: verdict.reason,
    ...(problem.kind !== undefined && { kind: problem.kind }),
    ...(verdict.program !== undefined && { program: verdict.program }),
    ...(verdict.detail !== undefined && { programDetail: verdict.detail }),
    tokens,
    ...(thoughts !== undefined && { thoughts }),
    ...(softness !== undefined && { softness }),
    finish,
    ...(verdict.graderError !== undefined && { graderError: verdict.graderError }),
    ...(recorded !== undefined && { recorded }),
    ...(server !== undefined && { server }),
  };
}
