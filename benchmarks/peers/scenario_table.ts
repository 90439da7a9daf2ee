/**
 * The table of one scenario of `bench:peers`: times of a step, beside TRL's, beside the engine's of discrete GRPO, and of
 * decoding beside transformers' `generate`.
 *
 * @module
 */
import { markdownTable } from "../../src/text/markdown.ts";
import type { StepTime } from "./engine_peer.ts";
import { best, median, type Ratio, timeRatio } from "./statistics.ts";

/** Rows that others are compared with. */
export interface Baselines {
  readonly trl: string;
  /** Decodes and takes no step. */
  readonly generate: string;
  /** By the name of a row of the engine: that of discrete GRPO, computed in the same way. */
  readonly discrete: ReadonlyMap<string, string>;
}

const COLUMNS = [
  "peer",
  "best step s",
  "median s",
  "decoding, thousand tokens/s",
  "TRL's best / best",
  "TRL's time / time, median (quartiles)",
  "time / discrete GRPO's, best / best",
  "time / discrete GRPO's, median (quartiles)",
  "generate's decoding / decoding",
];

/**
 * A row for every peer. Ratios are of times a completion token, because with varying lengths each draws its own
 * completions.
 *
 * @param times (R,) steps by the name of their row, of the same rounds
 */
export function scenarioTable(times: ReadonlyMap<string, readonly StepTime[]>, baselines: Baselines): string {
  const perToken = (name: string, time: "seconds" | "decodeSeconds") =>
    times.get(name)!.map((step) => step[time] / step.tokens);
  const rows = [...times].map(([name, own]) => {
    const seconds = own.map((step) => step.seconds), discrete = baselines.discrete.get(name);
    const steps = (of: string, over: string) => timeRatio(perToken(of, "seconds"), perToken(over, "seconds"));
    const decoding = timeRatio(perToken(baselines.generate, "decodeSeconds"), perToken(name, "decodeSeconds"));
    return [
      name,
      best(seconds).toFixed(3),
      median(seconds).toFixed(3),
      (median(own.map((step) => step.tokens / step.decodeSeconds)) / 1000).toFixed(1),
      ...(name === baselines.generate ? ["", ""] : ratioTexts(steps(baselines.trl, name))),
      ...(discrete === undefined ? ["", ""] : ratioTexts(steps(name, discrete))),
      decoding.median.toFixed(2),
    ];
  });
  return markdownTable(COLUMNS, rows);
}

/** `2.42` of the best, `2.49 (2.40 to 2.60)` of the rounds. */
function ratioTexts({ best, median, quartiles: [low, high] }: Ratio): [best: string, rounds: string] {
  return [best.toFixed(2), `${median.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`];
}
