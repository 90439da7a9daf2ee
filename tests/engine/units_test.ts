import { assert, assertEquals } from "@std/assert";
import {
  GRADIENT_SHARDS,
  gradientShards,
  largestUnit,
  passRows,
  planUnits,
  shardOf,
  type Unit,
} from "../../src/engine/units.ts";
import type { TrainingGroup } from "../../src/models/language_model.ts";
import { Numbers } from "./golden.ts";

function group(prompt: number, lengths: readonly number[]): TrainingGroup {
  return {
    prompt: new Int32Array(prompt),
    completions: lengths.map((count) => ({
      count,
      width: 1,
      ids: new Int32Array(count),
      weights: new Float32Array(count),
    })),
  };
}

Deno.test("every completion is in one unit, whose rows are its prompts and completions", () => {
  const numbers = new Numbers(13);
  for (let trial = 0; trial < 50; trial++) {
    const groups = Array.from(
      { length: 1 + numbers.below(31) },
      () => group(1 + numbers.below(53), Array.from({ length: numbers.below(17) }, () => numbers.below(211))),
    );
    const units = planUnits(groups);
    const seen = units.flatMap((unit) => unit.completions.map(({ group, completion }) => `${group} ${completion}`));
    const all = groups.flatMap(({ completions }, g) => completions.map((_, c) => `${g} ${c}`));
    assertEquals(seen, all);
    for (const unit of units) {
      assertEquals(unit.rows, unit.spans.reduce((sum, span) => sum + span.rows, 0));
      assertEquals(unit.headRowCount, unit.completions.reduce((sum, span) => sum + span.count, 0));
    }
  }
});

Deno.test("a group of ordinary size stays whole, a large one is cut with its prompt repeated", () => {
  const whole = planUnits([group(16, new Array(8).fill(55))]);
  assertEquals(whole.map((unit) => unit.rows), [16 + 8 * 55]);
  const cut = planUnits([group(100, new Array(16).fill(300))]);
  assert(cut.length > 1);
  assert(cut.every((unit) => unit.rows <= 100 + 2 * 300));
  assertEquals(cut.reduce((sum, unit) => sum + unit.completions.length, 0), 16);
  // One completion longer than any bound is a unit of its own.
  assertEquals(planUnits([group(7, [5000])]).map((unit) => unit.rows), [5007]);
});

Deno.test("shards are filled from the first, in order, and evenly", () => {
  for (const shards of [2, GRADIENT_SHARDS]) {
    for (const units of [1, 5, 8, 9, 16, 17, 61]) {
      const own = Array.from({ length: units }, (_, unit) => shardOf(unit, units, shards));
      assertEquals(own, own.toSorted((a, b) => a - b));
      assertEquals(new Set(own).size, Math.min(units, shards));
      assertEquals(Math.max(...own), Math.min(units, shards) - 1);
    }
  }
});

Deno.test("large models have few shards, whatever the number of workers", () => {
  assertEquals([808_320, 50e6, 135e6, 494e6].map(gradientShards), [8, 8, 2, 2]);
});

Deno.test("no pass is larger than its shape says, whatever the lengths, and one of equal lengths comes close", () => {
  const numbers = new Numbers(29);
  let closest = 0;
  for (let trial = 0; trial < 1000; trial++) {
    const shape = {
      prompts: 1 + numbers.below(37),
      promptTokens: 1 + numbers.below(131),
      completions: 1 + numbers.below(19),
      newTokens: 1 + numbers.below(211),
    };
    const equal = trial % 2 === 0;
    const groups = Array.from({ length: shape.prompts }, () => {
      // Completions of one prompt are alike more than those of two.
      const most = equal ? shape.newTokens : 1 + numbers.below(shape.newTokens);
      return group(
        shape.promptTokens,
        Array.from({ length: shape.completions }, () => equal ? most - 1 : numbers.below(most)),
      );
    });
    const units = planUnits(groups);
    const largest = largestUnit(shape), pass = passRows(shape);
    const most = (read: (unit: Unit) => number) => Math.max(...units.map(read));
    const sum = (read: (unit: Unit) => number) => units.reduce((total, unit) => total + read(unit), 0);
    const place = JSON.stringify(shape);
    assert(most(({ rows }) => rows) <= largest.rows, place);
    assert(most(({ headRowCount }) => headRowCount) <= largest.headRowCount, place);
    assert(most(({ longest }) => longest) <= Math.max(shape.promptTokens, largest.longest), place);
    assert(sum(({ rows }) => rows) <= pass.rows && sum(({ headRowCount }) => headRowCount) <= pass.headRowCount, place);
    assert(sum(({ parts }) => parts.length) <= pass.parts, place);
    if (equal) closest = Math.max(closest, most(({ rows }) => rows) / largest.rows);
  }
  assert(closest === 1);
});
