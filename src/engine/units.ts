/**
 * How groups are cut into units: rows that one worker takes through the model together. The cut depends on the groups
 * alone, never on the number of workers, for it fixes the order in which gradients are summed.
 *
 * Letters: `R` rows of a unit, `S` head rows (one per action), `K` kept tokens, `P` prompt length, `T` actions.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { InputRows, TrainingGroup } from "../models/language_model.ts";
import type { ModelConfig } from "../models/model_config.ts";
import type { Span } from "./forward.ts";

/** Gradients are summed unit by unit into this many buffers, then buffer by buffer. */
export const GRADIENT_SHARDS = 8;
/** Above this many parameters, eight copies of the gradients would leave too little memory for the rest. */
const MANY_SHARDS_PARAMETERS = 64e6;
const FEW_SHARDS = 2;
/** Rows a unit should have: enough for fast products, few enough that activations stay in the caches. */
const TARGET_ROWS = 512;
/** A group of more rows is cut, and its prompt computed once a part. */
export const MOST_ROWS = 768;

/** Gradient shards of a model; a matter of the model alone, for they fix the order of sums. */
export function gradientShards(parameters: number): number {
  return parameters <= MANY_SHARDS_PARAMETERS ? GRADIENT_SHARDS : FEW_SHARDS;
}

/**
 * The shard that takes a unit's gradients: neighbouring units share one, so that it stays in a worker's cache, and few
 * units fill the first shards.
 */
export function shardOf(unit: number, units: number, shards: number): number {
  return units <= shards ? unit : Math.floor(unit * shards / units);
}

/** Neighbouring completions of one group. */
export interface GroupPart {
  readonly group: number;
  readonly from: number;
  readonly to: number;
}

/** Where a completion's actions meet the head. */
export interface CompletionSpan {
  readonly group: number;
  readonly completion: number;
  /** Index of action 0 among the unit's head rows. */
  readonly firstHeadRow: number;
  readonly count: number;
}

/** One unit: what its rows are. */
export interface Unit {
  readonly parts: readonly GroupPart[];
  readonly rows: number;
  readonly headRowCount: number;
  readonly longest: number;
  /** `K`, and whether any row has an offset. */
  readonly kept: number;
  readonly hasOffset: boolean;
  readonly spans: readonly Span[];
  readonly completions: readonly CompletionSpan[];
}

/** Groups by their largest sizes. */
export interface GroupShape {
  /** `B`. */
  readonly prompts: number;
  /** Tokens of the longest prompt. */
  readonly promptTokens: number;
  /** `G`. */
  readonly completions: number;
  /** `T`, positions of the longest completion. */
  readonly newTokens: number;
}

/** Most rows of a part of a group. */
function partRowsAtMost({ promptTokens, completions, newTokens }: GroupShape): number {
  const whole = promptTokens + completions * (newTokens - 1);
  return Math.min(whole, Math.max(MOST_ROWS, promptTokens + newTokens - 1));
}

/** Most rows of a pass over groups of this shape, most of them that enter the head, and most parts of groups. */
export function passRows(shape: GroupShape): { rows: number; headRowCount: number; parts: number } {
  const { prompts, promptTokens, completions, newTokens } = shape;
  const fed = completions * (newTokens - 1);
  // Two neighbouring parts hold more than the target together, prompts aside.
  const room = Math.max(1, TARGET_ROWS - promptTokens);
  const parts = promptTokens + fed <= MOST_ROWS ? 1 : Math.min(completions, Math.ceil(2 * fed / room));
  return {
    rows: prompts * (parts * promptTokens + fed),
    headRowCount: prompts * completions * newTokens,
    parts: prompts * parts,
  };
}

/**
 * A unit as large as any that {@link planUnits} makes of groups of this shape, for prompts of about equal length.
 *
 * The middles of a unit's parts lie within a bin of at most `TARGET_ROWS`: where there are several, they have less rows than
 * two bins, and than a bin and the largest part.
 */
export function largestUnit(shape: GroupShape): { rows: number; headRowCount: number; longest: number } {
  const { promptTokens, completions, newTokens } = shape;
  const pass = passRows(shape), part = partRowsAtMost(shape);
  const bin = Math.min(TARGET_ROWS, pass.rows / GRADIENT_SHARDS);
  const rows = Math.min(pass.rows, Math.max(part, Math.floor(Math.min(2 * bin, bin + part))));
  const parts = Math.ceil(rows / part);
  return {
    rows,
    headRowCount: Math.min(pass.headRowCount, rows + parts * completions),
    longest: promptTokens + newTokens - 1,
  };
}

/** What a group's cut depends on. */
export interface GroupLengths {
  readonly prompt: { readonly length: number };
  readonly completions: readonly Pick<InputRows, "count" | "width" | "offset">[];
}

/** Cuts groups into units. */
export function planUnits(groups: readonly GroupLengths[]): Unit[] {
  const parts = groups.flatMap((group, index) => cutGroup(group, index));
  const rows = parts.map((part) => partRows(groups[part.group], part));
  const total = rows.reduce((sum, count) => sum + count, 0);
  const wanted = Math.ceil(total / TARGET_ROWS / GRADIENT_SHARDS) * GRADIENT_SHARDS;
  const bins: GroupPart[][] = Array.from({ length: wanted }, () => []);
  let before = 0;
  parts.forEach((part, i) => {
    const middle = before + rows[i] / 2;
    bins[Math.min(wanted - 1, Math.floor(middle / total * wanted))].push(part);
    before += rows[i];
  });
  return bins.filter((bin) => bin.length > 0).map((bin) => describeUnit(groups, bin));
}

function partRows(group: GroupLengths, part: GroupPart): number {
  return group.completions.slice(part.from, part.to).reduce((sum, inputs) => sum + inputs.count, group.prompt.length);
}

function cutGroup(group: GroupLengths, index: number): GroupPart[] {
  const count = group.completions.length;
  if (count === 0) return [];
  const whole: GroupPart = { group: index, from: 0, to: count };
  const total = partRows(group, whole);
  if (total <= MOST_ROWS) return [whole];
  const parts: GroupPart[] = [];
  let from = 0, rows = group.prompt.length;
  for (let completion = 0; completion < count; completion++) {
    const more = group.completions[completion].count;
    if (completion > from && rows + more > TARGET_ROWS) {
      parts.push({ group: index, from, to: completion });
      from = completion;
      rows = group.prompt.length;
    }
    rows += more;
  }
  parts.push({ group: index, from, to: count });
  return parts;
}

function describeUnit(groups: readonly GroupLengths[], parts: readonly GroupPart[]): Unit {
  const spans: Span[] = [], completionSpans: CompletionSpan[] = [];
  let rows = 0, headRowCount = 0, longest = 0, kept = 1, hasOffset = false;
  for (const part of parts) {
    const { prompt, completions } = groups[part.group];
    const prefixFirst = rows, prefixRows = prompt.length;
    spans.push({ first: rows, rows: prefixRows, prefixFirst: 0, prefixRows: 0 });
    rows += prefixRows;
    for (let completion = part.from; completion < part.to; completion++) {
      const inputs = completions[completion];
      if (inputs.count > 0) spans.push({ first: rows, rows: inputs.count, prefixFirst, prefixRows });
      completionSpans.push({ group: part.group, completion, firstHeadRow: headRowCount, count: inputs.count + 1 });
      rows += inputs.count;
      headRowCount += inputs.count + 1;
      longest = Math.max(longest, prefixRows + inputs.count);
      kept = Math.max(kept, inputs.width);
      hasOffset ||= inputs.offset !== undefined;
    }
  }
  return { parts, rows, headRowCount, longest, kept, hasOffset, spans, completions: completionSpans };
}

/** Room for a unit's rows. */
export interface UnitArrays {
  /** (R, K). */
  readonly ids: Int32Array;
  readonly weights: Float32Array;
  /** (R, D), where any row has one. */
  readonly offset?: Float32Array;
  /** (R). */
  readonly positions: Int32Array;
  /** (S), the row whose logits gave each action. */
  readonly headRows: Int32Array;
}

/** Writes a unit's rows: each part's prompt, then its completions. */
export function fillUnit(
  unit: Unit,
  groups: readonly TrainingGroup[],
  { hiddenSize, embeddingScale = 1 }: ModelConfig,
  arrays: UnitArrays,
): void {
  const { ids, weights, offset, positions, headRows } = arrays;
  ids.fill(0);
  weights.fill(0);
  offset?.fill(0);
  let row = 0, headRowCount = 0;
  for (const part of unit.parts) {
    const { prompt, completions } = groups[part.group];
    for (let i = 0; i < prompt.length; i++, row++) {
      ids[row * unit.kept] = prompt[i];
      weights[row * unit.kept] = embeddingScale;
      positions[row] = i;
    }
    const lastOfPrompt = row - 1;
    for (let completion = part.from; completion < part.to; completion++) {
      const inputs = completions[completion];
      headRows[headRowCount++] = lastOfPrompt;
      copyInputs(inputs, row, unit.kept, { hiddenSize, embeddingScale }, arrays);
      for (let i = 0; i < inputs.count; i++, row++) {
        positions[row] = prompt.length + i;
        headRows[headRowCount++] = row;
      }
    }
  }
}

/** Copies input rows, scaled as embeddings are, to row `first` of arrays that keep `kept` ids per row. */
export function copyInputs(
  inputs: InputRows,
  first: number,
  kept: number,
  { hiddenSize, embeddingScale = 1 }: Pick<ModelConfig, "hiddenSize" | "embeddingScale">,
  arrays: Pick<UnitArrays, "ids" | "weights" | "offset">,
): void {
  for (let i = 0; i < inputs.count; i++) {
    const from = i * inputs.width, to = (first + i) * kept;
    for (let k = 0; k < inputs.width; k++) {
      arrays.ids[to + k] = inputs.ids[from + k];
      arrays.weights[to + k] = inputs.weights[from + k] * embeddingScale;
    }
  }
  if (inputs.offset === undefined) return;
  const offset = embeddingScale === 1 ? inputs.offset : inputs.offset.map((value) => value * embeddingScale);
  arrays.offset?.set(offset, first * hiddenSize);
}

/**
 * Checks a prompt and how far its sequences go.
 *
 * @throws {UsageError} If it is empty, holds an id outside the vocabulary, or goes beyond the model's positions
 */
export function checkPrompt(prompt: Int32Array, longest: number, config: ModelConfig): void {
  if (prompt.length === 0) throw new UsageError("Cannot read an empty prompt: give at least one token");
  checkIds(prompt, config);
  if (prompt.length + longest > config.maxPositions) {
    throw new UsageError(
      `Cannot go to position ${
        prompt.length + longest
      }: the model has ${config.maxPositions}; shorten the prompt or the completion`,
    );
  }
}

/**
 * Checks input rows.
 *
 * @throws {UsageError} If an array has a wrong length or an id lies outside the vocabulary
 */
export function checkInputs(inputs: InputRows, config: ModelConfig): void {
  const { count, width, ids, weights, offset } = inputs;
  const expected = count * width;
  if (ids.length !== expected || weights.length !== expected) {
    throw new UsageError(
      `Cannot feed ${count} rows of ${width} tokens: found ${ids.length} ids and ${weights.length} weights, expected ${expected}`,
    );
  }
  if (offset !== undefined && offset.length !== count * config.hiddenSize) {
    throw new UsageError(
      `Cannot feed ${count} offsets: found ${offset.length} values, expected ${count} x ${config.hiddenSize}`,
    );
  }
  checkIds(ids, config);
}

function checkIds(ids: Int32Array, config: ModelConfig): void {
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i];
    if (id < 0 || id >= config.vocabularySize) {
      throw new UsageError(`Cannot feed token ${id}: the vocabulary has ids 0 to ${config.vocabularySize - 1}`);
    }
  }
}
