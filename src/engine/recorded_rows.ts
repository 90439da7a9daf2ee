/**
 * The activations of decoded rows, as a worker lays them aside and takes them up again: those that a backward pass could
 * not have without products. They are the very numbers that a forward pass over the same rows computes.
 *
 * A recording holds tensor after tensor, (rows, width) each: those of every block, then the last block's output.
 *
 * @module
 */
import type { ModelConfig } from "../models/model_config.ts";
import type { Activations, LayerActivations } from "./activations.ts";
import type { Places, RecordPlace, UnitPlace } from "./commands.ts";
import { type Aside, at, gatedActivation, gatherHeadRows, type Machine, normRows, readSpans } from "./forward.ts";
import { queryKeyValueWidth } from "./parameters.ts";

/** What is recorded of a block, of which normalised and hidden rows follow: there once its attention has run, and at its end. */
const ATTENTION = ["x", "rawQueryKey", "queryInverse", "keyInverse", "queryKeyValue", "attended"] as const;
const FEED_FORWARD = ["middle", "gateUp"] as const;

/** One tensor: floats of a row, and of a row in all tensors before it. */
interface Recorded<Name> {
  readonly name: Name;
  readonly width: number;
  readonly offset: number;
}

/** Tensors of a block. */
type BlockTensors = readonly Recorded<typeof ATTENTION[number] | typeof FEED_FORWARD[number]>[];

/** Where each tensor lies in a recording. */
export interface RecordingLayout {
  readonly layers: readonly { readonly attention: BlockTensors; readonly feedForward: BlockTensors }[];
  readonly last: Recorded<"last">;
  /** Floats of a row in all tensors. */
  readonly floats: number;
}

/** The layout of a model's recordings. */
export function layoutRecording(config: ModelConfig): RecordingLayout {
  const { hiddenSize: D, intermediateSize: F, heads, keyValueHeads, headSize, qkNorm } = config;
  const normed = (width: number) => qkNorm ? width : 0;
  const widths = {
    x: D,
    rawQueryKey: normed((heads + keyValueHeads) * headSize),
    queryInverse: normed(heads),
    keyInverse: normed(keyValueHeads),
    queryKeyValue: queryKeyValueWidth(config),
    attended: heads * headSize,
    middle: D,
    gateUp: 2 * F,
    last: D,
  };
  let floats = 0;
  const take = <Name extends keyof typeof widths>(name: Name): Recorded<Name> => {
    const tensor = { name, width: widths[name], offset: floats };
    floats += tensor.width;
    return tensor;
  };
  const takeAll = (names: readonly (typeof ATTENTION[number] | typeof FEED_FORWARD[number])[]): BlockTensors =>
    names.filter((name) => widths[name] > 0).map(take);
  const layers = Array.from({ length: config.layers }, () => ({
    attention: takeAll(ATTENTION),
    feedForward: takeAll(FEED_FORWARD),
  }));
  const last = take("last");
  return { layers, last, floats };
}

/** Lays `count` rows of a forward pass aside as they are computed; undefined where nothing is recorded. */
export function layAside({ kernels, recording }: Machine, record: RecordPlace, count: number): Aside | undefined {
  if (record.address === 0) return undefined;
  const lay = ({ width, offset }: Recorded<string>, rows: number) =>
    kernels.scatterRows(rows, record.index, at(record.address, offset * record.rows), count, width);
  const layAll = (tensors: BlockTensors, a: LayerActivations) =>
    tensors.forEach((tensor) => lay(tensor, a[tensor.name]));
  return {
    attention: (layer, a) => layAll(recording.layers[layer].attention, a),
    feedForward: (layer, a) => layAll(recording.layers[layer].feedForward, a),
    last: (rows) => lay(recording.last, rows),
  };
}

/** Numbers of a span's place in a recording. */
export const TAKEN_NUMBERS = 3;

/** What copies a tensor's rows of a unit's spans, each from its recording. */
function taker(machine: Machine, unit: UnitPlace): (tensor: Recorded<string>, to: number) => void {
  const places = new Float64Array(machine.memory.buffer, unit.recorded, unit.spanCount * TAKEN_NUMBERS);
  const spans = readSpans(machine, unit);
  return ({ width, offset }, to) =>
    spans.forEach((span, i) => {
      const [address, rows, first] = places.subarray(i * TAKEN_NUMBERS, (i + 1) * TAKEN_NUMBERS);
      const from = at(address, offset * rows + first * width);
      machine.kernels.copyRows(from, width, at(to, span.first * width), width, span.rows, width);
    });
}

/** A unit's head rows, as `forwardUnit` leaves them. */
export function takeUnit(machine: Machine, places: Places, unit: UnitPlace, activations: Activations): void {
  const { last, lastNormed, lastInverse } = activations;
  taker(machine, unit)(machine.recording.last, last);
  normRows(machine, at(places.weights, machine.parameters.finalNorm), last, lastNormed, lastInverse, unit.rows);
  gatherHeadRows(machine, unit, activations);
}

/** One block's rows, as `forwardBlock` leaves them. */
export function takeBlock(machine: Machine, places: Places, index: number, unit: UnitPlace, a: LayerActivations): void {
  const { rows } = unit, { attention, feedForward } = machine.recording.layers[index];
  const take = taker(machine, unit);
  for (const tensor of [...attention, ...feedForward]) take(tensor, a[tensor.name]);
  const w = machine.parameters.layers[index];
  normRows(machine, at(places.weights, w.inputNorm), a.x, a.normed1, a.inverse1, rows);
  normRows(machine, at(places.weights, w.postAttentionNorm), a.middle, a.normed2, a.inverse2, rows);
  gatedActivation(machine).forward(a.gateUp, a.hidden, rows, machine.config.intermediateSize);
}
