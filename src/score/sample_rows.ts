/**
 * A file of samples as counts are made of it: every row has what counting needs, none is there twice, and rows that this
 * program wrote are as it wrote them.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { isProgramming, PROBLEM_KINDS } from "../datasets/problem_kind.ts";
import { BenchError } from "../errors.ts";
import type { Sample } from "../evaluation/sample.ts";
import { chainOf, isLinked } from "../files/chained_lines.ts";
import { check } from "../files/check.ts";
import { parseLine, readWholeLines, type WholeLines } from "../files/json_lines.ts";

/** What counting needs; where others wrote no canonical form, the answer votes as it stands. */
const ROW = z.looseObject({
  problem: z.string(),
  sample: z.int().min(0),
  seed: z.int().min(0).optional(),
  answer: z.string().nullable().optional(),
  canonical: z.string().nullable().optional(),
  kind: z.enum(PROBLEM_KINDS).optional(),
  correct: z.boolean(),
  tokens: z.int().min(0),
  thoughts: z.int().min(0).optional(),
  finish: z.enum(["stop", "length"]),
});

/** The samples of a file. */
export interface SampleRows {
  /** In the order of the file. */
  readonly rows: readonly Sample[];
  /** Whether the last line is torn, and left out. */
  readonly torn: boolean;
}

/**
 * Reads the samples of one dataset.
 *
 * @throws {BenchError} If there is none, or a row is not one, is of another seed than the first, is there twice, or was
 * changed after this program wrote it; the message names its line
 */
export function readSampleRows(path: string): SampleRows {
  const whole = readWholeLines(path);
  const { lines, torn } = whole;
  if (lines.length === 0) throw new BenchError(`Cannot score ${path}: expected samples, found no whole line`);
  if (isLinked(lines[0])) requireUnchanged(path, whole);
  const rows = lines.map((line, i) => sampleOf(parseLine(line, `${path}:${i + 1}`), `${path}:${i + 1}`));
  const firstLine = new Map<string, number>();
  for (const [i, { problem, sample, seed }] of rows.entries()) {
    const key = JSON.stringify([problem, sample]);
    const before = firstLine.get(key);
    if (before !== undefined) {
      throw new BenchError(
        `Cannot score ${path}:${
          i + 1
        }: found sample ${sample} of its problem a second time, it is in line ${before} already`,
      );
    }
    if (seed !== rows[0].seed) {
      throw new BenchError(
        `Cannot score ${path}:${i + 1}: found seed ${seed}, expected ${
          rows[0].seed
        }, that of the first line; give each seed a file`,
      );
    }
    firstLine.set(key, i + 1);
  }
  return { rows, torn };
}

function sampleOf(row: unknown, place: string): Sample {
  const { canonical, answer = null, ...rest } = check(ROW, row, { cannot: "read", of: place });
  return { ...rest, answer, canonical: canonical ?? (isProgramming(rest.kind) ? null : answer) } as Sample;
}

function requireUnchanged(path: string, whole: WholeLines): void {
  const { rows, fault } = chainOf(path, whole);
  if (rows.length === whole.lines.length) return;
  throw new BenchError(`Cannot score ${fault}; take the file from where it was made`);
}
