/**
 * Decoding, in a worker: prompts fill the key-value cache, then every step adds one position to each sequence.
 *
 * @module
 */
import { type Activations, takeActivations } from "./activations.ts";
import type { PrefillCommand, StepCommand } from "./commands.ts";
import {
  type Attend,
  attendSpans,
  attentionScale,
  attentionWindow,
  embedRows,
  forwardBlocks,
  gatherHeadRows,
  headLogits,
  type Machine,
  readSpans,
} from "./forward.ts";
import { FLOAT_BYTES, Region } from "./memory.ts";
import { queryKeyValueWidth } from "./parameters.ts";
import { readRows } from "./read_rows.ts";
import { layAside } from "./recorded_rows.ts";
import type { TeamPlace } from "./team.ts";

/** Positions a cache holds room for: whole blocks of keys. */
export function cacheCapacity(positions: number, keyBlock: number): number {
  return Math.ceil(positions / keyBlock) * keyBlock;
}

/** Scratch of a step, taken after its activations: one head's scores, in whole blocks of keys for prefix and own. */
function takeScores(region: Region, longest: number, keyBlock: number): number {
  return region.take(longest + 2 * keyBlock);
}

/** Takes the buffers of a step from `region`: the activations of the whole team, and scores for each of it. */
export function takeStepBuffers(
  region: Region,
  machine: Pick<Machine, "config" | "adapter">,
  { allRows, firstRow, index, size }: TeamPlace,
  longest: number,
  keyBlock: number,
): { activations: Activations; scores: number } {
  // Each buffer has as many floats for every row, so that the worker's own begin at the same part of all.
  const ownRows = { take: (floats: number) => region.take(floats) + floats * firstRow / allRows * FLOAT_BYTES };
  const rows = { rows: allRows, headRowCount: 0, longest: 0 };
  const activations = takeActivations(ownRows, machine.config, rows, "layer", 0, machine.adapter?.width);
  const scores = Array.from({ length: size }, () => takeScores(region, longest, keyBlock));
  return { activations, scores: scores[index] };
}

/** One position for each of the command's rows: inputs -> what is read of their logits. */
export function stepSequences(machine: Machine, command: StepCommand): void {
  const { config, kernels } = machine;
  const { places, rows, positions } = command;
  const region = new Region(command.arena);
  const { activations, scores } = takeStepBuffers(region, machine, command.team, command.longest, kernels.keyBlock());
  const { size } = command.team;
  const team = size === 1 ? undefined : { ...command.team, meet: machine.meetings(size) };
  const W = queryKeyValueWidth(config), scale = attentionScale(config);
  embedRows(machine, places, command, activations.layers[0].x);
  const attend: Attend = (layer, queryKeyValue, attended) =>
    kernels.cachedAttention(
      queryKeyValue,
      W,
      rows,
      config.heads,
      config.keyValueHeads,
      config.headSize,
      attentionWindow(config, layer),
      scale,
      command.own + layer * command.ownLayerBytes,
      command.ownCapacity,
      command.sequences,
      command.lengths,
      command.prefix + layer * command.prefixLayerBytes,
      command.prefixOffsets,
      command.prefixLengths,
      scores,
      attended,
    );
  const aside = layAside(machine, command.record, rows);
  forwardBlocks(machine, places, rows, positions, activations, attend, { team, aside });
  headLogits(machine, activations.lastNormed, rows, command.logits, team);
  readRows(machine, places, command.reads, rows);
}

/** All positions of some prompts: their keys and values into the cache, and the logits after each prompt. */
export function prefillPrompts(machine: Machine, command: PrefillCommand): void {
  const { config, kernels } = machine;
  const { places, unit } = command;
  const region = new Region(command.arena);
  const width = machine.adapter?.width;
  const activations = takeActivations(region, config, unit, "layer", kernels.attentionBlockRows(), width);
  const spans = readSpans(machine, unit);
  const offsets = new Float64Array(machine.memory.buffer, command.prefixOffsets, unit.spanCount);
  const attend = attendSpans(machine, spans, activations);
  const W = queryKeyValueWidth(config), { heads, keyValueHeads, headSize } = config;
  embedRows(machine, places, unit, activations.layers[0].x);
  const attendAndStore: Attend = (layer, queryKeyValue, attended) => {
    attend(layer, queryKeyValue, attended);
    spans.forEach((span, i) => {
      const keys = queryKeyValue + (span.first * W + heads * headSize) * FLOAT_BYTES;
      const values = keys + keyValueHeads * headSize * FLOAT_BYTES;
      const cache = command.prefix + layer * command.prefixLayerBytes + offsets[i];
      const capacity = cacheCapacity(span.rows, kernels.keyBlock());
      kernels.storeKeysValues(keys, values, W, span.rows, cache, capacity, keyValueHeads, headSize);
    });
  };
  const aside = layAside(machine, command.record, unit.rows);
  forwardBlocks(machine, places, unit.rows, unit.positions, activations, attendAndStore, { aside });
  gatherHeadRows(machine, unit, activations);
  headLogits(machine, activations.headInput, unit.headRowCount, command.logits);
}
