/**
 * The released reward rule of SofT-GRPO, kept for comparison: the last box of the whole response, compared as text after
 * the string normalisation of Hendrycks et al. (MATH, arXiv:2103.03874) as verl carries it
 * (`verl/utils/reward_score/math_reward.py`; SofT-GRPO-master@2b9d8ec). Its quirks are the point: the thinking is read
 * too, `\fbox` is found and then rejected, units fall off only after `\text{ `.
 *
 * @module
 */
import type { Verdict } from "./grade.ts";

/** Version of the rule in result files. */
export const RELEASE_STRING_VERSION = "verl-math-reward";

/**
 * Verdict of the released rule.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(gradeReleaseString("so \\boxed{\\frac12}", "\\frac{1}{2}").equal, true);
 * assertEquals(gradeReleaseString("so \\boxed{0.25}", "\\frac{1}{4}").equal, false);
 * ```
 */
export function gradeReleaseString(completion: string, gold: string): Verdict {
  const extracted = lastBox(completion);
  if (extracted === undefined) return { equal: false, reason: "no-answer" };
  const [answer, expected] = [normalize(extracted), normalize(gold)];
  // Where one side cannot be normalised the rule falls back to the texts as they are.
  const equal = answer === undefined || expected === undefined ? extracted === gold : answer === expected;
  return { equal, extracted, canonical: answer ?? extracted, reason: equal ? "same-text" : "different" };
}

function lastBox(text: string): string | undefined {
  const spaced = text.lastIndexOf("\\boxed ");
  if (spaced >= 0) return text.slice(spaced + "\\boxed ".length).split("$", 1)[0];
  const start = text.lastIndexOf("\\boxed");
  if (start < 0) return undefined;
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === "{") depth++;
    if (text[at] === "}" && --depth === 0) {
      return text.startsWith("\\boxed{", start) ? text.slice(start + "\\boxed{".length, at) : undefined;
    }
  }
  return undefined;
}

const REMOVED = ["\\left", "\\right", "^{\\circ}", "^\\circ", "\\$"];

/** The text in the rule's normal form; undefined where the rule fails on it. */
function normalize(text: string): string | undefined {
  let out = text.replaceAll("\n", "").replaceAll("\\!", "").replaceAll("\\\\", "\\");
  out = out.replaceAll("tfrac", "frac").replaceAll("dfrac", "frac");
  for (const removed of REMOVED) out = out.replaceAll(removed, "");
  const units = out.split("\\text{ ");
  if (units.length > 2) return undefined;
  out = units[0].replaceAll("\\%", "").replaceAll(" .", " 0.").replaceAll("{.", "{0.");
  if (out === "") return out;
  if (out.startsWith(".")) out = `0${out}`;
  const sides = out.split("=");
  if (sides.length === 2 && sides[0].length <= 2) out = sides[1];
  const rooted = braceRoots(out);
  if (rooted === undefined) return undefined;
  const fractions = braceFractions(rooted.replaceAll(" ", ""));
  return fractions === undefined ? undefined : slashToFraction(fractions === "0.5" ? "\\frac{1}{2}" : fractions);
}

/** `\sqrt3` as `\sqrt{3}`. */
function braceRoots(text: string): string | undefined {
  const [head, ...rest] = text.split("\\sqrt");
  if (rest.includes("")) return undefined;
  return head + rest.map((part) => part[0] === "{" ? `\\sqrt${part}` : `\\sqrt{${part[0]}}${part.slice(1)}`).join("");
}

/** `\frac12` as `\frac{1}{2}`, `\frac1{72}` as `\frac{1}{72}`. */
function braceFractions(text: string): string | undefined {
  const [head, ...rest] = text.split("\\frac");
  if (rest.includes("")) return undefined;
  let out = head;
  for (const part of rest) {
    if (part[0] === "{") out += `\\frac${part}`;
    else if (part.length < 2) return text;
    else if (part[1] === "{") out += `\\frac{${part[0]}}${part.slice(1)}`;
    else out += `\\frac{${part[0]}}{${part[1]}}${part.slice(2)}`;
  }
  return out;
}

/** `1/2` as `\frac{1}{2}`, for plain integers without leading zeros. */
function slashToFraction(text: string): string {
  const match = /^(0|-?[1-9]\d*)\/(0|-?[1-9]\d*)$/.exec(text);
  return match ? `\\frac{${match[1]}}{${match[2]}}` : text;
}
