/**
 * Random answers against the grader: the command `fuzz:grading`. It stops at the first input that makes the grader fail,
 * break a promise, or take too long, and prints it as a line for the corpus.
 *
 * @module
 */
import type { FuzzArguments } from "../../src/commands/descriptions/maintenance.ts";
import { canonicalAnswer, equivalent, grade } from "../../src/grading/grade.ts";
import { CORPUS } from "./grading_corpus.ts";
import { COSMETIC, Generator } from "../grading/generator.ts";
import * as hostile from "../grading/hostile.ts";

/** Longest verdict that is allowed; an answer of that length is timed again, as the machine may have been busy. */
const MAX_MS = 100;
const RETRIES = 3;
/** Longest text that is mutated, in UTF-16 units; the hostile list holds the longer ones. */
const MAX_LENGTH = 100_000;

const PIECES = [
  ..."+-*/^_(){}[]|,;:=<>!%'&$.~ \\0123456789xyzeinabABC",
  "\\frac{",
  "\\frac",
  "\\sqrt",
  "\\sqrt[3]{",
  "\\left(",
  "\\right)",
  "\\boxed{",
  "\\text{",
  "\\mathrm{",
  "\\begin{pmatrix}",
  "\\end{pmatrix}",
  "\\\\",
  "\\pi",
  "\\infty",
  "\\cup",
  "\\in",
  "\\pm",
  "\\mp",
  "\\le",
  "\\ne",
  "\\{",
  "\\}",
  "\\sin",
  "\\ln",
  "\\log_",
  "\\binom",
  "\\lfloor",
  "\\rfloor",
  "^\\circ",
  "\\overline{",
  "\\%",
  "\\$",
  "\\,",
  "\\!",
  " and ",
  " or ",
  " cm",
  " dollars",
  "</think>",
  "The answer is ",
  "**",
  "e10",
  "!!",
  "π",
  "√",
  "²",
  "½",
  "∞",
  "−",
  "\0",
  "\ud800",
  "９",
  "NaN",
  "Infinity",
];

/** A failure, as one line that says what was promised. */
class Finding extends Error {}

/** Checks every promise on one text; returns how long its verdict took, in ms. */
function check(text: string): number {
  const started = performance.now();
  const verdict = grade(text, "42");
  let elapsed = performance.now() - started;
  for (let retry = 0; elapsed > MAX_MS && retry < RETRIES; retry++) {
    const again = performance.now();
    grade(text, "42");
    elapsed = Math.min(elapsed, performance.now() - again);
  }
  if (elapsed > MAX_MS) throw new Finding(`took ${elapsed.toFixed(0)} ms`);
  if (verdict.graderError !== undefined) throw new Finding(verdict.graderError);
  const key = canonicalAnswer(text);
  if (equivalent(text, text) !== (key !== undefined)) throw new Finding("is not equal to itself");
  if (canonicalAnswer(text) !== key) throw new Finding("has two keys");
  return elapsed;
}

function checkCosmetic(answer: string, [name, change]: (typeof COSMETIC)[number]): void {
  const changed = change(answer);
  if (canonicalAnswer(answer) !== undefined && !grade(changed, answer).equal) {
    throw new Finding(`is not equal to ${JSON.stringify(changed)}, which differs by ${name}`);
  }
}

function random(generator: Generator, seeds: readonly string[]): string {
  let text = generator.below(3) === 0 ? "" : generator.below(2) === 0 ? generator.answer(3) : generator.pick(seeds);
  if (text.length > MAX_LENGTH / 10) text = text.slice(0, generator.below(MAX_LENGTH / 10));
  for (let edits = 1 + generator.below(12); edits > 0; edits--) {
    const at = generator.below(text.length + 1);
    const piece = generator.below(20) === 0 ? generator.pick(seeds).slice(0, 200) : generator.pick(PIECES);
    const inserted = generator.below(25) === 0 ? piece.repeat(1 + generator.below(400)) : piece;
    text = text.slice(0, at) + inserted + text.slice(at + generator.below(3));
  }
  return text.slice(0, MAX_LENGTH);
}

/** The command `fuzz:grading`: 1 where there is a finding. */
export function run({ flags: { seconds = 120, seed = 1 } }: FuzzArguments): number {
  const generator = new Generator("fuzz", seed);
  const seeds = [...CORPUS, ...Object.values(hostile).flat()];
  let text = "";
  let count = 0;
  let slowest = 0;
  try {
    for (text of seeds) slowest = Math.max(slowest, check(text));
    for (const end = performance.now() + seconds * 1000; performance.now() < end; count++) {
      text = count % 4 === 0 ? generator.answer(3) : random(generator, seeds);
      slowest = Math.max(slowest, check(text));
      if (count % 4 === 0) checkCosmetic(text, generator.pick(COSMETIC));
    }
  } catch (error) {
    console.error(`seed ${seed}: ${JSON.stringify(text)} ${error instanceof Error ? error.message : error}`);
    return 1;
  }
  console.log(
    `${count} random answers and ${seeds.length} known ones in ${seconds} s, seed ${seed}: no finding, slowest ${
      slowest.toFixed(1)
    } ms`,
  );
  return 0;
}
