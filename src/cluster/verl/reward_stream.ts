/**
 * The grader as a filter, for programs that ask answer by answer: a JSON line `{gold, pred, question}` in, a JSON line
 * `{equal, extracted, error}` out, in the same order. It needs no permission and no package, so that a job carries it as
 * the few files that it imports.
 *
 * @module
 */
import { GRADERS } from "../../grading/graders.ts";
import type { GraderName } from "../../grading/grader_name.ts";

/** How answers are judged: the first argument, as JSON. */
export interface RewardGrader {
  readonly name: GraderName;
  readonly boxed: boolean;
  /** Whether the prompt has opened the thinking. */
  readonly thinking: boolean;
}

/**
 * The answer to one line.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const grader = { name: "symbolic", boxed: false, thinking: false } as const;
 * const line = JSON.stringify({ gold: "1/2", pred: "It is 0.5.", question: "" });
 * assertEquals(JSON.parse(verdictLine(line, grader)), { equal: true, extracted: "0.5", error: null });
 * ```
 */
export function verdictLine(line: string, { name, boxed, thinking }: RewardGrader): string {
  const { gold, pred, question } = JSON.parse(line) as { gold: string; pred: string; question: string };
  const verdict = GRADERS[name].grade(pred, gold, { thinking, boxed, question });
  const { equal, extracted, graderError } = verdict;
  return JSON.stringify({ equal, extracted: extracted ?? null, error: graderError ?? null });
}

/** Answers every line of a stream as it comes. */
export async function* verdictLines(chunks: AsyncIterable<string>, grader: RewardGrader): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    for (const line of lines) yield verdictLine(line, grader) + "\n";
  }
}

if (import.meta.main) {
  const grader = JSON.parse(Deno.args[0]) as RewardGrader;
  const bytes = new TextEncoder();
  const writer = Deno.stdout.writable.getWriter();
  for await (const line of verdictLines(Deno.stdin.readable.pipeThrough(new TextDecoderStream()), grader)) {
    await writer.write(bytes.encode(line));
  }
}
