import { assert, assertEquals, assertMatch } from "@std/assert";
import { canonicalAnswer, equivalent, grade } from "../../src/grading/grade.ts";
import * as complaints from "./cases/complaints.ts";
import * as collections from "./cases/collections.ts";
import * as expressions from "./cases/expressions.ts";
import * as numbers from "./cases/numbers.ts";
import * as variants from "./cases/variants.ts";
import * as words from "./cases/words.ts";
import { COSMETIC, Generator } from "./generator.ts";
import { readGolds } from "./gold_sets.ts";

/** Sides of all cases that are answers rather than whole completions. */
const { EQUAL_FORMS, NOTATION, COUNTED } = complaints;
const TABLES = [numbers, expressions, collections, variants, words, { EQUAL_FORMS, NOTATION, COUNTED }];
const CASES = TABLES.flatMap((table) => Object.values(table).flat())
  .filter(([gold, prediction]) => !/boxed|answer/i.test(gold + prediction));
const WRITTEN = [...new Set(CASES.flatMap(([gold, prediction]) => [gold, prediction]))];
const generated = (count: number) => {
  const generator = new Generator("properties");
  return Array.from({ length: count }, () => generator.answer());
};

Deno.test("an answer with a value equals itself", () => {
  for (const answer of [...WRITTEN, ...generated(150)]) {
    assertEquals(equivalent(answer, answer), canonicalAnswer(answer) !== undefined, answer);
  }
});

/** An equation is compared as one where it is the gold, and by its right side beside a gold that is none. */
const isEquation = (answer: string) => /=|\\equiv|≡|\\forall/.test(answer);
/** A decimal of 12 digits equals numbers that differ after them, so it has a key of its own. */
const isLong = (answer: string) => /\d[.]\d{8}/.test(answer);

Deno.test("equality of answers that are no equations is symmetric", () => {
  for (const [gold, prediction] of CASES) {
    if (isEquation(gold) || isEquation(prediction)) continue;
    assertEquals(equivalent(gold, prediction), equivalent(prediction, gold), `${gold} and ${prediction}`);
  }
});

Deno.test("equal answers have equal keys, so that equality of keys is an equivalence", () => {
  for (const [gold, prediction, equal] of CASES) {
    if (!equal || isEquation(gold) || isEquation(prediction) || isLong(prediction) || isLong(gold)) continue;
    assertEquals(canonicalAnswer(prediction), canonicalAnswer(gold), `${gold} and ${prediction}`);
  }
});

Deno.test("equality is transitive where units and labels do not contradict each other", () => {
  const answers = [...WRITTEN, ...generated(40)];
  const groups = Map.groupBy(answers, canonicalAnswer);
  groups.delete(undefined);
  for (const group of groups.values()) {
    for (const [a, b, c] of triples([...new Set(group)].slice(0, MOST_OF_A_GROUP))) {
      if (!equivalent(a, b) || !equivalent(b, c) || equivalent(a, c)) continue;
      assertMatch(
        grade(c, a).reason,
        /^(different-unit|different-label|different-option|unsolved-equation)$/,
        `${a}, ${b}, ${c}`,
      );
    }
  }
});

/** Triples grow with the cube of it. */
const MOST_OF_A_GROUP = 5;

function triples<T>(items: readonly T[]): T[][] {
  return items.flatMap((a) => items.flatMap((b) => items.map((c) => [a, b, c])));
}

Deno.test("what changes only the looks of an answer changes nothing", () => {
  const golds = [...(readGolds()?.values() ?? [])].flat().filter((gold) => !/^-?\d+$/.test(gold));
  const answers = [...new Set([...generated(80), ...golds])];
  for (const answer of answers) {
    if (canonicalAnswer(answer) === undefined) continue;
    for (const [name, change] of COSMETIC) {
      // In words, a brace or a space is not only looks.
      if (/text|mbox|\\%|\\\$/.test(answer) && !/dollars|delimiters|box|around it/.test(name)) continue;
      assert(grade(change(answer), answer).equal, `${name}: ${answer} as ${change(answer)}`);
    }
  }
});

Deno.test("random constants are equal exactly where their values in double precision agree", () => {
  const generator = new Generator("constants");
  // Doubles of a few operations on small numbers agree to 1e-12 where the numbers are equal, and such numbers are further
  // apart where they are not.
  const tolerance = 1e-9;
  const constants = Array.from({ length: 200 }, (_, i) => generator.constant(2 + i % 2))
    .filter(({ value }) => Number.isFinite(value))
    .map((constant) => ({ ...constant, key: canonicalAnswer(constant.text) }));
  let equal = 0;
  for (const [i, a] of constants.entries()) {
    for (const b of constants.slice(0, i)) {
      const same = Math.abs(a.value - b.value) <= tolerance * Math.max(1, Math.abs(a.value));
      assertEquals(a.key === b.key, same, `${a.text} and ${b.text}`);
      if (same) equal++;
    }
  }
  assert(equal > 100, `only ${equal} pairs are equal`);
});

Deno.test("grading twice gives the same verdict", () => {
  for (const [gold, prediction] of CASES.slice(0, 100)) assertEquals(grade(prediction, gold), grade(prediction, gold));
});
