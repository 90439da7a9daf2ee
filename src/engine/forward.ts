/**
 * The decoder's forward pass, in a worker: the same blocks for passes over groups, prompts and decoding; only attention
 * differs.
 *
 * @module
 */
import { isRotated, type ModelConfig, rotarySizeOf, windowOf } from "../models/model_config.ts";
import { type Activations, type LayerActivations, scoreStride, type UnitSize } from "./activations.ts";
import { addAdapter } from "./adapter.ts";
import type { AdaptedBlock, AdapterLayout } from "./adapter_layout.ts";
import type { HeadChunk, Places, UnitPlace } from "./commands.ts";
import type { Kernels } from "./kernels.ts";
import { FLOAT_BYTES } from "./memory.ts";
import type { PanelTable } from "./panels.ts";
import { type CopiesLayout, type ParameterLayout, queryKeyValueWidth } from "./parameters.ts";
import { readRows } from "./read_rows.ts";
import type { RecordingLayout } from "./recorded_rows.ts";
import type { SharedMemory } from "./shared_memory.ts";
import { multiplyRows, type Team, type WeightPlace } from "./team.ts";
import type { Sgemm } from "./weight_product.ts";

/** What a worker computes with. */
export interface Machine {
  readonly config: ModelConfig;
  readonly parameters: ParameterLayout;
  /** Of the projections' transposed copies. */
  readonly copies: CopiesLayout;
  /** Of the head, and for decoding of the projections. */
  readonly panels: PanelTable;
  /** Columns of a panel of a matrix that has so many: all where a library multiplies that knows no panels. */
  readonly panelWidth: (columns: number) => number;
  /** Of the adapter that is trained in place of the parameters. */
  readonly adapter?: AdapterLayout;
  /** Of what is laid aside for training. */
  readonly recording: RecordingLayout;
  readonly memory: SharedMemory;
  readonly kernels: Kernels;
  readonly sgemm: Sgemm;
  /** Meetings of so many workers during one command, see meeting.ts. */
  readonly meetings: (size: number) => () => void;
  /** Says that the worker is alive. */
  readonly beat: () => void;
}

/** Address of a parameter, or of its gradient, from its buffer and offset. */
export function at(buffer: number, offset: number): number {
  return buffer + offset * FLOAT_BYTES;
}

/** Attention of one layer: joint query, key and value rows -> rows of H·d. */
export type Attend = (layer: number, queryKeyValue: number, attended: number) => void;

/** How a forward pass goes through blocks. */
export interface Passage {
  /** Absent: the worker is one of no team. */
  readonly team?: Team | undefined;
  /** Absent: nothing is recorded. */
  readonly aside?: Aside | undefined;
}

/** What lays rows aside for training as soon as they are there: once a block's attention has run, and at its end. */
export interface Aside {
  readonly attention: (layer: number, activations: LayerActivations) => void;
  readonly feedForward: (layer: number, activations: LayerActivations) => void;
  readonly last: (rows: number) => void;
}

/** normed (R, D) = weight · x · inverse, with inverse (R) = 1 / RMS of x. */
export function normRows(
  { config, kernels }: Machine,
  weight: number,
  x: number,
  normed: number,
  inverse: number,
  rows: number,
): void {
  const { hiddenSize: D, rmsNormEpsilon, normOffset = 0 } = config;
  kernels.rmsNorm(x, D, weight, normed, D, inverse, rows, 1, D, rmsNormEpsilon, normOffset);
}

/** Input rows of the first block: mixtures of embeddings, with offsets. */
export function embedRows(
  machine: Machine,
  places: Places,
  inputs: Pick<UnitPlace, "rows" | "ids" | "weights" | "offset" | "kept">,
  x: number,
): void {
  const table = at(places.weights, machine.parameters.embedding);
  const { ids, weights, offset, kept, rows } = inputs;
  machine.kernels.embed(ids, weights, offset, kept, table, x, rows, machine.config.hiddenSize);
}

/**
 * All blocks, from `layers[0].x` to `last`, and the final normalisation.
 *
 * @param rows the worker's own, where it is one of a team
 */
export function forwardBlocks(
  machine: Machine,
  places: Places,
  rows: number,
  positions: number,
  activations: Activations,
  attend: Attend,
  passage: Passage = {},
): void {
  activations.layers.forEach((layer, index) => {
    const next = activations.layers[index + 1]?.x ?? activations.last;
    forwardBlock(machine, places, index, rows, positions, layer, next, attend, passage);
    machine.beat();
  });
  const { last, lastNormed, lastInverse } = activations;
  passage.aside?.last(last);
  normRows(machine, at(places.weights, machine.parameters.finalNorm), last, lastNormed, lastInverse, rows);
}

/** One block; without `next` only what its backward pass needs. */
export function forwardBlock(
  machine: Machine,
  places: Places,
  index: number,
  rows: number,
  positions: number,
  a: LayerActivations,
  next: number | undefined,
  attend: Attend,
  { team, aside }: Passage = {},
): void {
  const { config, kernels } = machine;
  const { hiddenSize: D, intermediateSize: F, heads, keyValueHeads, headSize: d, rmsNormEpsilon, normOffset = 0 } =
    config;
  const w = machine.parameters.layers[index];
  const W = queryKeyValueWidth(config);
  const adapted = places.adapter === 0 ? undefined : machine.adapter?.layers[index];
  const multiply = (x: number, name: keyof AdaptedBlock, y: number, accumulate: boolean) => {
    const { input, output, offset } = w[name], beside = adapted?.[name];
    const weight: WeightPlace = places.inPanels
      ? { input, output, ...machine.panels.projection(index, name), panelWidth: machine.panelWidth(output) }
      : { input, output, address: at(places.weights, offset) };
    multiplyRows(machine, team, rows, x, weight, accumulate, y);
    if (beside !== undefined) addAdapter(machine, places, beside, rows, x, y, output, a.between);
  };
  const addBias = (y: number, bias: number | undefined, width: number) => {
    if (bias !== undefined) kernels.addBias(y, at(places.weights, bias), rows, width);
  };

  // x -> x + attention(norm(x)).
  normRows(machine, at(places.weights, w.inputNorm), a.x, a.normed1, a.inverse1, rows);
  multiply(a.normed1, "queryKeyValue", a.queryKeyValue, false); // (R, D) -> (R, W)
  addBias(a.queryKeyValue, w.queryKeyValueBias, W);
  if (w.queryNorm !== undefined && w.keyNorm !== undefined) {
    const rawWidth = (heads + keyValueHeads) * d, keys = a.queryKeyValue + heads * d * FLOAT_BYTES;
    const q = at(places.weights, w.queryNorm), k = at(places.weights, w.keyNorm);
    kernels.copyRows(a.queryKeyValue, W, a.rawQueryKey, rawWidth, rows, rawWidth);
    kernels.rmsNorm(
      a.queryKeyValue,
      W,
      q,
      a.queryKeyValue,
      W,
      a.queryInverse,
      rows,
      heads,
      d,
      rmsNormEpsilon,
      normOffset,
    );
    kernels.rmsNorm(keys, W, k, keys, W, a.keyInverse, rows, keyValueHeads, d, rmsNormEpsilon, normOffset);
  }
  if (isRotated(config, index)) {
    const turned = rotarySizeOf(config);
    kernels.rope(a.queryKeyValue, W, positions, places.rope, rows, heads + keyValueHeads, d, turned, false);
  }
  attend(index, a.queryKeyValue, a.attended); // (R, W) -> (R, H·d)
  aside?.attention(index, a);
  if (a.middle !== a.x) kernels.copyRows(a.x, D, a.middle, D, rows, D);
  multiply(a.attended, "attentionOutput", a.middle, true); // (R, H·d) -> (R, D)
  addBias(a.middle, w.attentionOutputBias, D);

  // x -> x + feedForward(norm(x)).
  normRows(machine, at(places.weights, w.postAttentionNorm), a.middle, a.normed2, a.inverse2, rows);
  multiply(a.normed2, "gateUp", a.gateUp, false); // (R, D) -> (R, 2F)
  addBias(a.gateUp, w.gateUpBias, 2 * F);
  aside?.feedForward(index, a);
  gatedActivation(machine).forward(a.gateUp, a.hidden, rows, F); // -> (R, F)
  if (next === undefined) return;
  if (next !== a.middle) kernels.copyRows(a.middle, D, next, D, rows, D);
  multiply(a.hidden, "down", next, true); // (R, F) -> (R, D)
  addBias(next, w.downBias, D);
}

/** The kernels of the feed-forward layer's activation. */
export function gatedActivation({ kernels, config }: Pick<Machine, "kernels" | "config">) {
  switch (config.activation ?? "silu") {
    case "silu":
      return { forward: kernels.swiglu, backward: kernels.swigluBackward };
    case "gelu":
      return { forward: kernels.geglu, backward: kernels.gegluBackward };
    case "gelu-tanh":
      return { forward: kernels.gegluTanh, backward: kernels.gegluTanhBackward };
  }
}

/** Rows of a unit that see one another: a prompt, or a completion with its prompt as prefix. */
export interface Span {
  readonly first: number;
  readonly rows: number;
  readonly prefixFirst: number;
  readonly prefixRows: number;
}

/** Integers of a span in the memory. */
export const SPAN_INTS = 4;

/** The spans of a unit. */
export function readSpans(machine: Machine, unit: UnitPlace): Span[] {
  const ints = new Int32Array(machine.memory.buffer, unit.spans, unit.spanCount * SPAN_INTS);
  return Array.from({ length: unit.spanCount }, (_, i) => {
    const [first, rows, prefixFirst, prefixRows] = ints.subarray(i * SPAN_INTS, (i + 1) * SPAN_INTS);
    return { first, rows, prefixFirst, prefixRows };
  });
}

/** Addresses of one head's query, key and value in a span's rows, relative to the joint rows. */
export function headOffsets(config: ModelConfig, head: number): { query: number; key: number; value: number } {
  const { heads, keyValueHeads, headSize } = config;
  const keyValueHead = Math.floor(head / (heads / keyValueHeads));
  return {
    query: head * headSize * FLOAT_BYTES,
    key: (heads + keyValueHead) * headSize * FLOAT_BYTES,
    value: (heads + keyValueHeads + keyValueHead) * headSize * FLOAT_BYTES,
  };
}

/** The largest window that the kernels take: all positions. */
const WHOLE_WINDOW = 2 ** 31 - 1;

/** Positions that one sees in a block, as the kernels take them. */
export function attentionWindow(config: ModelConfig, layer: number): number {
  return Math.min(WHOLE_WINDOW, windowOf(config, layer));
}

/** Attention scores are divided by √d. */
export function attentionScale(config: ModelConfig): number {
  return 1 / Math.sqrt(config.headSize);
}

/** Causal attention of every head over every span. */
export function attendSpans(machine: Machine, spans: readonly Span[], activations: Activations): Attend {
  const { config, kernels } = machine;
  const W = queryKeyValueWidth(config), attendedWidth = config.heads * config.headSize;
  const rowBytes = W * FLOAT_BYTES, scale = attentionScale(config);
  return (layer, queryKeyValue, attended) => {
    const window = attentionWindow(config, layer);
    for (const span of spans) {
      const own = queryKeyValue + span.first * rowBytes, prefix = queryKeyValue + span.prefixFirst * rowBytes;
      const stride = scoreStride(span.prefixRows + span.rows);
      for (let head = 0; head < config.heads; head++) {
        const { query, key, value } = headOffsets(config, head);
        const out = attended + (span.first * attendedWidth + head * config.headSize) * FLOAT_BYTES;
        kernels.attention(
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
          out,
          attendedWidth,
          activations.keysT,
          activations.probabilities,
          stride,
        );
      }
    }
  };
}

/** A unit from its inputs to its head rows. */
export function forwardUnit(machine: Machine, places: Places, unit: UnitPlace, activations: Activations): void {
  const spans = readSpans(machine, unit);
  embedRows(machine, places, unit, activations.layers[0].x);
  forwardBlocks(machine, places, unit.rows, unit.positions, activations, attendSpans(machine, spans, activations));
  gatherHeadRows(machine, unit, activations);
}

/** Normalised rows -> one row for each action. */
export function gatherHeadRows(
  machine: Machine,
  unit: Pick<UnitPlace, "headRows"> & UnitSize,
  activations: Activations,
): void {
  const { lastNormed, headInput } = activations;
  machine.kernels.gatherRows(lastNormed, unit.headRows, headInput, unit.headRowCount, machine.config.hiddenSize);
}

/** Logits of normalised rows, (count, D) -> (count, V). */
export function headLogits(
  machine: Machine,
  rows: number,
  count: number,
  logits: number,
  team?: Team,
): void {
  const { hiddenSize: D, vocabularySize: V } = machine.config;
  const head = { input: D, output: V, ...machine.panels.head, panelWidth: machine.panelWidth(V) };
  multiplyRows(machine, team, count, rows, head, false, logits);
  machine.beat();
}

/** What is read of the logits of a chunk of head rows. */
export function readChunk(machine: Machine, places: Places, activations: Activations, chunk: HeadChunk): void {
  const { count, logits, reads } = chunk;
  headLogits(machine, at(activations.headInput, chunk.first * machine.config.hiddenSize), count, logits);
  readRows(machine, places, reads, count);
}
