/**
 * An adapter's products, in a worker: y += s · (x A) B beside y = x W, and its gradients. W itself is not trained, so that no
 * transposed copy of it is made: the gradient of the input is computed as the transpose of W · dyᵀ.
 *
 * Letters: `R` rows, `r` rank, `t` adapted projections of one matrix.
 *
 * @module
 */
import type { AdapterBuffers } from "./activations.ts";
import type { AdaptedMatrix, AdapterLayout } from "./adapter_layout.ts";
import type { Places } from "./commands.ts";
import { at, type Machine } from "./forward.ts";
import type { Matrix } from "./parameters.ts";

/**
 * y += s · (x A) B.
 *
 * @param between room for (R, t·r)
 * @param width floats of a row of y
 */
export function addAdapter(
  machine: Machine,
  places: Places,
  adapted: AdaptedMatrix,
  rows: number,
  x: number,
  y: number,
  width: number,
  between: number,
): void {
  const { sgemm } = machine;
  const { rank } = machine.adapter!;
  const inner = adapted.a.output;
  throughA(machine, places, adapted, rows, x, between);
  adapted.parts.forEach(({ column, b }, i) => {
    const from = at(between, i * rank), weight = at(places.adapter, b.offset);
    sgemm(false, rows, b.output, rank, from, inner, weight, b.output, 0, true, at(y, column), width);
  });
}

/** between = s · x A. */
function throughA(
  machine: Machine,
  places: Places,
  { a }: AdaptedMatrix,
  rows: number,
  x: number,
  between: number,
): void {
  machine.sgemm(
    false,
    rows,
    a.output,
    a.input,
    x,
    a.input,
    at(places.adapter, a.offset),
    a.output,
    0,
    false,
    between,
    a.output,
  );
  scale(machine, between, rows * a.output);
}

function scale({ memory, adapter }: Machine, address: number, count: number): void {
  const { scale } = adapter as AdapterLayout;
  if (scale === 1) return;
  const floats = new Float32Array(memory.buffer, address, count);
  for (let i = 0; i < count; i++) floats[i] *= scale;
}

/**
 * From the gradient of y to that of x, and to those of A and B, which are added.
 *
 * @param adapted absent where the matrix has no adapter
 * @param x (R, input)
 * @param dy (R, output)
 * @param dx (R, input), written
 * @param gradients the adapter's
 */
export function backwardAdapted(
  machine: Machine,
  places: Places,
  matrix: Matrix,
  adapted: AdaptedMatrix | undefined,
  rows: number,
  x: number,
  dy: number,
  dx: number,
  buffers: AdapterBuffers,
  gradients: number,
): void {
  const { kernels, sgemm } = machine;
  const { input, output } = matrix;
  const { dyT, dxT, dBetweenT, dBetween, between } = buffers;
  kernels.transpose(dy, output, rows, output, dyT, rows); // (output, R)
  const weight = at(places.weights, matrix.offset);
  sgemm(false, input, rows, output, weight, output, dyT, rows, 0, false, dxT, rows); // (input, R)
  if (adapted !== undefined) {
    const { rank } = machine.adapter!;
    const { a, parts } = adapted;
    const inner = a.output;
    throughA(machine, places, adapted, rows, x, between);
    parts.forEach(({ column, b }, i) => {
      const dB = at(gradients, b.offset), dyPart = at(dy, column), dyPartT = at(dyT, column * rows);
      sgemm(true, rank, b.output, rows, at(between, i * rank), inner, dyPart, output, 0, true, dB, b.output);
      const to = at(dBetweenT, i * rank * rows), weightB = at(places.adapter, b.offset);
      sgemm(false, rank, rows, b.output, weightB, b.output, dyPartT, rows, 0, false, to, rows); // (r, R)
    });
    scale(machine, dBetweenT, inner * rows);
    kernels.transpose(dBetweenT, rows, inner, rows, dBetween, inner);
    const weightA = at(places.adapter, a.offset), dA = at(gradients, a.offset);
    sgemm(true, input, inner, rows, x, input, dBetween, inner, 0, true, dA, inner);
    sgemm(false, input, rows, inner, weightA, inner, dBetweenT, rows, 0, true, dxT, rows);
  }
  kernels.transpose(dxT, rows, input, rows, dx, input);
}
