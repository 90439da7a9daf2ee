/**
 * The table of a step at the size of a real small model: times, those of the processor too, beside those of the first row.
 *
 * @module
 */
import { markdownTable } from "../../src/text/markdown.ts";
import { best, median, timeRatio } from "./statistics.ts";

/** What one step took. */
export interface Taken {
  readonly seconds: number;
  /** Of them, writing the completions. */
  readonly decodeSeconds: number;
  /** Of the processor, all threads together: on a machine with other work the one figure that is the step's own. */
  readonly cpuSeconds: number;
}

/**
 * A row for every peer.
 *
 * @param times (R,) steps by the name of their row, of the same rounds; TRL's first
 */
export function largeStepTable(times: ReadonlyMap<string, readonly Taken[]>): string {
  const [trl] = times.values();
  const rows = [...times].map(([name, own]) => {
    const all = (taken: readonly Taken[], figure: keyof Taken) => taken.map((one) => one[figure]);
    const ratio = timeRatio(all(trl, "seconds"), all(own, "seconds"));
    return [
      name,
      best(all(own, "seconds")).toFixed(2),
      median(all(own, "seconds")).toFixed(2),
      median(all(own, "decodeSeconds")).toFixed(2),
      median(all(own, "cpuSeconds")).toFixed(2),
      ratio.best.toFixed(2),
      ratio.median.toFixed(2),
      timeRatio(all(trl, "cpuSeconds"), all(own, "cpuSeconds")).median.toFixed(2),
    ];
  });
  return markdownTable([
    "peer",
    "best step s",
    "median s",
    "of them decoding",
    "processor s",
    "TRL's best / best",
    "TRL's time / time, median",
    "TRL's processor s / processor s, median",
  ], rows);
}
