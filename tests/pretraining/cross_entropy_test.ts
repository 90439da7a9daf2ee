import { assertAlmostEquals, assertEquals } from "@std/assert";
import { onLogitRows } from "../fixtures/logit_rows.ts";
import { crossEntropy } from "../../src/pretraining/cross_entropy.ts";

const VOCABULARY = 5;
const targets = [Int32Array.of(3, 0), Int32Array.of(4)];

function logits(rows: number, shift: number) {
  return Float32Array.from({ length: rows * VOCABULARY }, (_, i) => Math.sin(1.7 * i + shift) * 3);
}

Deno.test("equal logits cost log V, whatever the target", () => {
  const { loss, mean } = crossEntropy(targets, VOCABULARY);
  onLogitRows(loss)({ group: 0, completion: 0, first: 0, count: 2, logits: new Float32Array(10).fill(7) });
  onLogitRows(loss)({ group: 1, completion: 0, first: 0, count: 1, logits: new Float32Array(5).fill(-900) });
  assertAlmostEquals(mean(), Math.log(VOCABULARY), 1e-12);
});

Deno.test("the mean does not depend on the order or the pieces in which rows come", () => {
  const [a, b] = [logits(2, 0), logits(1, 1)];
  const whole = crossEntropy(targets, VOCABULARY);
  onLogitRows(whole.loss)({ group: 0, completion: 0, first: 0, count: 2, logits: a });
  onLogitRows(whole.loss)({ group: 1, completion: 0, first: 0, count: 1, logits: b });
  const pieces = crossEntropy(targets, VOCABULARY);
  onLogitRows(pieces.loss)({ group: 1, completion: 0, first: 0, count: 1, logits: b });
  onLogitRows(pieces.loss)({ group: 0, completion: 0, first: 1, count: 1, logits: a.slice(VOCABULARY) });
  onLogitRows(pieces.loss)({ group: 0, completion: 0, first: 0, count: 1, logits: a.slice(0, VOCABULARY) });
  assertEquals(pieces.mean(), whole.mean());
});

Deno.test("the gradient is that of the mean over all tokens, by central differences", () => {
  const rows = logits(2, 0);
  const gradient = new Float32Array(rows.length);
  onLogitRows(crossEntropy(targets, VOCABULARY).loss)({
    group: 0,
    completion: 0,
    first: 0,
    count: 2,
    logits: rows,
    gradient,
  });
  const h = 1 / 256;
  const at = (i: number, by: number) => {
    const moved = rows.slice();
    moved[i] += by;
    const { loss, mean } = crossEntropy(targets, VOCABULARY);
    onLogitRows(loss)({ group: 0, completion: 0, first: 0, count: 2, logits: moved });
    return mean();
  };
  for (let i = 0; i < rows.length; i++) {
    // h² / 6 of a third derivative below 1 is 3e-6; the logits are rounded to 24 bits.
    assertAlmostEquals(gradient[i], (at(i, h) - at(i, -h)) / (2 * h), 1e-5);
  }
});
