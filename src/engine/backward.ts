/**
 * The decoder's backward pass, in a worker: the derivatives of forward.ts in reverse order, added to one gradient shard.
 *
 * @module
 */
import {
  type Activations,
  type BackwardBuffers,
  type Keep,
  type LayerActivations,
  scoreStride,
} from "./activations.ts";
import { backwardAdapted } from "./adapter.ts";
import type { AdaptedBlock } from "./adapter_layout.ts";
import type { HeadChunk, Places, UnitPlace } from "./commands.ts";
import { isRotated, rotarySizeOf } from "../models/model_config.ts";
import {
  at,
  attendSpans,
  attentionScale,
  attentionWindow,
  forwardBlock,
  gatedActivation,
  headOffsets,
  type Machine,
  readSpans,
  type Span,
} from "./forward.ts";
import { FLOAT_BYTES } from "./memory.ts";
import { addRowSlopes } from "./read_rows.ts";
import { queryKeyValueWidth } from "./parameters.ts";
import { takeBlock } from "./recorded_rows.ts";

/** From slopes by what was read of a chunk's logits to gradients of the head and of the head rows. */
export function backwardChunk(
  machine: Machine,
  places: Places,
  activations: Activations,
  buffers: BackwardBuffers,
  chunk: HeadChunk,
  gradients: number,
): void {
  const { sgemm, parameters } = machine;
  const { hiddenSize: D, vocabularySize: V } = machine.config;
  const rows = at(activations.headInput, chunk.first * D), dRows = at(buffers.dHeadInput, chunk.first * D);
  const { gradient, count } = chunk;
  machine.kernels.fillZero(gradient, count * V);
  addRowSlopes(machine, places, chunk.reads, count, gradient);
  if (machine.adapter === undefined) {
    sgemm(true, V, D, count, gradient, V, rows, D, 0, true, at(gradients, parameters.head), D); // (V, D)
  }
  sgemm(false, count, D, V, gradient, V, at(places.weights, parameters.head), D, 0, false, dRows, D); // (count, D)
  machine.beat();
}

/** From the gradients of the head rows to those of all that is trained below the head. */
export function backwardUnit(
  machine: Machine,
  places: Places,
  transposed: number,
  unit: UnitPlace,
  activations: Activations,
  buffers: BackwardBuffers,
  gradients: number,
  trainInputs: boolean,
  keep: Keep,
): void {
  const { config, kernels, parameters } = machine;
  const { rows } = unit;
  const D = config.hiddenSize;
  const { dx, dNormed } = buffers;
  kernels.fillZero(dNormed, rows * D);
  kernels.scatterAddRows(buffers.dHeadInput, unit.headRows, dNormed, unit.headRowCount, D);
  const weight = at(places.weights, parameters.finalNorm);
  const dWeight = buffers.adapter?.unused ?? at(gradients, parameters.finalNorm);
  const { last, lastInverse } = activations;
  kernels.rmsNormBackward(
    last,
    D,
    weight,
    lastInverse,
    dNormed,
    D,
    false,
    dx,
    D,
    dWeight,
    rows,
    1,
    D,
    config.normOffset ?? 0,
  );
  const spans = readSpans(machine, unit);
  const attend = attendSpans(machine, spans, activations);
  for (let index = config.layers - 1; index >= 0; index--) {
    const layer = activations.layers[index];
    // The last block's activations are still those of the forward pass.
    if (keep === "inputs" && index < config.layers - 1) {
      forwardBlock(machine, places, index, rows, unit.positions, layer, undefined, attend);
      machine.beat();
    }
    if (keep === "recorded") takeBlock(machine, places, index, unit, layer);
    backwardBlock(machine, places, transposed, index, unit, spans, layer, activations, buffers, gradients);
    machine.beat();
  }
  if (trainInputs && machine.adapter === undefined) {
    const table = at(gradients, parameters.embedding);
    kernels.embedBackward(unit.ids, unit.weights, unit.kept, dx, table, rows, D);
  }
}

function backwardBlock(
  machine: Machine,
  places: Places,
  transposed: number,
  index: number,
  unit: UnitPlace,
  spans: readonly Span[],
  a: LayerActivations,
  activations: Activations,
  buffers: BackwardBuffers,
  gradients: number,
): void {
  const { config, kernels, sgemm } = machine;
  const { rows } = unit;
  const { hiddenSize: D, intermediateSize: F, heads, keyValueHeads, headSize: d, normOffset = 0 } = config;
  const W = queryKeyValueWidth(config);
  const w = machine.parameters.layers[index], copies = machine.copies.layers[index];
  const { dx, dNormed, dHidden, dQueryKeyValue } = buffers;
  const adapted = machine.adapter?.layers[index];
  /** The gradients of what is trained there, added, and to = dy · Wᵀ, with the way through the adapter. */
  const through = (x: number, name: keyof AdaptedBlock, dy: number, to: number) => {
    const { input, output, offset } = w[name];
    if (buffers.adapter !== undefined) {
      backwardAdapted(machine, places, w[name], adapted?.[name], rows, x, dy, to, buffers.adapter, gradients);
      return;
    }
    sgemm(true, input, output, rows, x, input, dy, output, 0, true, at(gradients, offset), output);
    const width = machine.panelWidth(input);
    sgemm(
      false,
      rows,
      input,
      output,
      dy,
      output,
      at(transposed, copies[name]),
      width,
      output * width,
      false,
      to,
      input,
    );
  };
  /** Where the gradient of a norm's weights is added. */
  const normWeights = (offset: number) => buffers.adapter?.unused ?? at(gradients, offset);
  /** dx += the gradient through a normalisation. */
  const normGradient = (x: number, offset: number, inverse: number) => {
    const weight = at(places.weights, offset), dWeight = normWeights(offset);
    kernels.rmsNormBackward(x, D, weight, inverse, dNormed, D, true, dx, D, dWeight, rows, 1, D, normOffset);
  };
  /** dBias += the rows of dy. */
  const biasGradient = (dy: number, bias: number | undefined, width: number) => {
    if (bias !== undefined && buffers.adapter === undefined) {
      kernels.addColumnSums(dy, at(gradients, bias), rows, width);
    }
  };

  biasGradient(dx, w.downBias, D);
  through(a.hidden, "down", dx, dHidden); // (R, D) -> (R, F)
  gatedActivation(machine).backward(a.gateUp, dHidden, rows, F); // gateUp becomes its gradient (R, 2F)
  biasGradient(a.gateUp, w.gateUpBias, 2 * F);
  through(a.normed2, "gateUp", a.gateUp, dNormed); // (R, 2F) -> (R, D)
  normGradient(a.middle, w.postAttentionNorm, a.inverse2);

  biasGradient(dx, w.attentionOutputBias, D);
  through(a.attended, "attentionOutput", dx, dNormed); // (R, D) -> (R, H·d)
  kernels.fillZero(dQueryKeyValue, rows * W);
  backwardAttention(machine, index, spans, a.queryKeyValue, activations, buffers);
  if (isRotated(config, index)) {
    const turned = rotarySizeOf(config);
    kernels.rope(dQueryKeyValue, W, unit.positions, places.rope, rows, heads + keyValueHeads, d, turned, true);
  }
  if (w.queryNorm !== undefined && w.keyNorm !== undefined) {
    const rawWidth = (heads + keyValueHeads) * d, keys = heads * d * FLOAT_BYTES, dq = dQueryKeyValue, dk = dq + keys;
    const q = at(places.weights, w.queryNorm), dqWeight = normWeights(w.queryNorm);
    const k = at(places.weights, w.keyNorm), dkWeight = normWeights(w.keyNorm);
    const raw = a.rawQueryKey;
    kernels.rmsNormBackward(
      raw,
      rawWidth,
      q,
      a.queryInverse,
      dq,
      W,
      false,
      dq,
      W,
      dqWeight,
      rows,
      heads,
      d,
      normOffset,
    );
    kernels.rmsNormBackward(
      raw + keys,
      rawWidth,
      k,
      a.keyInverse,
      dk,
      W,
      false,
      dk,
      W,
      dkWeight,
      rows,
      keyValueHeads,
      d,
      normOffset,
    );
  }
  biasGradient(dQueryKeyValue, w.queryKeyValueBias, W);
  through(a.normed1, "queryKeyValue", dQueryKeyValue, dNormed); // (R, W) -> (R, D)
  normGradient(a.x, w.inputNorm, a.inverse1);
}

/** Gradients of queries, keys and values of every span; those of a shared prefix are summed over its completions. */
function backwardAttention(
  machine: Machine,
  layer: number,
  spans: readonly Span[],
  queryKeyValue: number,
  activations: Activations,
  buffers: BackwardBuffers,
): void {
  const { config, kernels } = machine;
  const W = queryKeyValueWidth(config), attendedWidth = config.heads * config.headSize;
  const rowBytes = W * FLOAT_BYTES, scale = attentionScale(config), window = attentionWindow(config, layer);
  for (const span of spans) {
    const own = queryKeyValue + span.first * rowBytes, prefix = queryKeyValue + span.prefixFirst * rowBytes;
    const dOwn = buffers.dQueryKeyValue + span.first * rowBytes;
    const dPrefix = buffers.dQueryKeyValue + span.prefixFirst * rowBytes;
    for (let head = 0; head < config.heads; head++) {
      const { query, key, value } = headOffsets(config, head);
      const dOut = buffers.dNormed + (span.first * attendedWidth + head * config.headSize) * FLOAT_BYTES;
      kernels.attentionBackward(
        own + query,
        own + key,
        own + value,
        prefix + key,
        prefix + value,
        W,
        span.prefixRows,
        span.rows,
        config.headSize,
        window,
        scale,
        dOut,
        attendedWidth,
        dOwn + query,
        dOwn + key,
        dOwn + value,
        dPrefix + key,
        dPrefix + value,
        activations.keysT,
        buffers.valuesT,
        activations.probabilities,
        buffers.dProbabilities,
        scoreStride(span.prefixRows + span.rows),
      );
    }
  }
}
