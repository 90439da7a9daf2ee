/**
 * The program in a completion: a block of code in Markdown.
 *
 * @module
 */
import { afterThinking } from "./extraction.ts";

/** Which block counts: the last whole one of the answer, or the one that the released SofT-GRPO takes. */
export type CodeRule = "answer" | "release";

/** As released (humanevaleval.py and mbppeval.py of zz1358m/SofT-GRPO-master@2b9d8ec): anywhere, the last one. */
const RELEASED = /```python\n(.*?)```/gs;

const OPENING_FENCE = "```python";
const FENCE = "```";

/**
 * The code of a completion.
 *
 * `release` takes the last block that begins with a fence of `python` and ends with the next three backticks, be it in
 * the thoughts or in the middle of a line. `answer` asks for more, so that a thought is never an answer, nor a program
 * that was cut off or holds backticks: the block follows the end of thinking, and each fence stands on a line of its own.
 * Where it finds one, so does `release`.
 *
 * @param options.thinking whether the prompt has opened the thinking
 * @returns undefined where there is none
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const fence = "`".repeat(3);
 * const text = `${fence}python\nx = 1\n${fence}</think>so\n${fence}python\nx = 2\n${fence}\n`;
 * assertEquals(codeOf(text, "answer"), "x = 2\n");
 * assertEquals(codeOf(`${text}or ${fence}python\nx = 3${fence}`, "release"), "x = 3");
 * assertEquals(codeOf(`${fence}python\nx = 4\n`, "answer"), undefined);
 * ```
 */
export function codeOf(
  text: string,
  rule: CodeRule,
  { thinking = false }: { readonly thinking?: boolean } = {},
): string | undefined {
  if (rule === "release") return [...text.matchAll(RELEASED)].at(-1)?.[1];
  const answer = afterThinking(text, thinking);
  return answer === undefined ? undefined : lastWholeBlock(answer.split("\n"));
}

function lastWholeBlock(lines: readonly string[]): string | undefined {
  let found: string | undefined;
  let start: number | undefined;
  for (const [i, line] of lines.entries()) {
    const fence = line.trimEnd();
    if (!fence.startsWith(FENCE)) continue;
    if (start === undefined) {
      // A block of another language is none, but it ends where its own fence does.
      start = i + 1;
    } else if (fence === FENCE) {
      if (lines[start - 1].trimEnd() === OPENING_FENCE) found = lines.slice(start, i).map((own) => `${own}\n`).join("");
      start = undefined;
    } else if (fence === OPENING_FENCE) {
      start = i + 1;
    }
  }
  return found;
}
