/**
 * Signals to the launcher at random moments, one after another; the last start is left alone, and ends in the same bytes.
 *
 * @module
 */
import { RandomSequence } from "../../src/random/streams.ts";
import { type Ended, improper } from "./process.ts";
import { type Finding, newPlace, removePlace, type SmallestBench } from "./smallest_bench.ts";
import type { Case, Kind } from "./table.ts";

const SENT = ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const;
/** What a program exits with that saved its work at a signal. */
const SAVED: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
/** Most starts of one case that are broken off. */
const MOST_STARTS = 3;
/** The second of two signals ends the program at once; before this it is taken for the first, sent on. */
const SECOND_MS = 700;
/** One in so many is sent twice. */
const TWICE = 4;

/** Name of the kind. */
export const SIGNALS = "random signals to the launcher";

/** The kind. */
export async function signalKind(bench: SmallestBench, count: number, seed: number): Promise<Kind> {
  const wholeMs = count > 0 ? await timeOfWhole(bench) : 0;
  const cases = Array.from({ length: count }, (_, i): Case => ({
    name: `seed ${seed}, case ${i}`,
    run: () => interruptAgainAndAgain(bench, new RandomSequence("signals", seed, i), wholeMs),
  }));
  return { name: SIGNALS, cases };
}

async function timeOfWhole(bench: SmallestBench): Promise<number> {
  const place = newPlace();
  const started = performance.now();
  await bench.launch(place).ended;
  removePlace(place);
  return performance.now() - started;
}

async function interruptAgainAndAgain(
  bench: SmallestBench,
  random: RandomSequence,
  wholeMs: number,
): Promise<Finding> {
  const place = newPlace();
  const sent: string[] = [];
  let finding: Finding;
  for (let starts = 1 + random.integer(MOST_STARTS); starts > 0 && finding === undefined; starts--) {
    const signal = SENT[random.integer(SENT.length)];
    const afterMs = random.uniform() * wholeMs;
    const twice = random.integer(TWICE) === 0;
    sent.push(`${signal}${twice ? " twice" : ""} after ${Math.round(afterMs)} ms`);
    const ended = await interrupted(bench, place, signal, afterMs, twice);
    finding = improper(ended) ?? unexpectedEnd(ended, signal);
  }
  finding ??= await bench.continued(place);
  if (finding === undefined) removePlace(place);
  return finding && `${sent.join(", ")}: ${finding} (${place})`;
}

async function interrupted(
  bench: SmallestBench,
  place: string,
  signal: Deno.Signal,
  afterMs: number,
  twice: boolean,
): Promise<Ended> {
  const { child, ended } = bench.launch(place);
  const send = () => {
    try {
      child.kill(signal);
    } catch (error) {
      // It has ended in the meantime.
      if (!(error instanceof TypeError)) throw error;
    }
  };
  const timers = [setTimeout(send, afterMs), ...(twice ? [setTimeout(send, afterMs + SECOND_MS)] : [])];
  try {
    // An orphan holds these streams open, so its end is waited for too.
    return await ended;
  } finally {
    timers.forEach(clearTimeout);
  }
}

/** Ended whole, saved, or died of the signal before anything was there to save. */
function unexpectedEnd({ code, signal, stderr }: Ended, sent: string): Finding {
  if (signal === sent || code === 0 || code === SAVED[sent]) return undefined;
  return `ended with ${signal ?? code}: ${stderr}`;
}
