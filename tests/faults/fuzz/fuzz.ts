/**
 * Every target for a time, each in a thread of its own, beginning with the inputs that are kept.
 *
 * @module
 */
import type { Row } from "../table.ts";
import type { FuzzMessage, FuzzStart } from "./fuzz_worker.ts";
import { keptInputs, TARGETS } from "./targets.ts";

/** An input that takes longer hangs, on however busy a machine. */
const STUCK_MS = 60_000;
const LOOK_MS = 500;
/** After so many findings a target is left alone. */
const MOST_FINDINGS = 10;

/** Names of all targets. */
export const FUZZED: readonly string[] = Object.keys(TARGETS);

/** Fuzzes one target. */
export async function fuzz(target: string, seed: number, seconds: number): Promise<Row> {
  const name = `fuzz: ${target}`;
  const end = performance.now() + seconds * 1000;
  let [from, tried, findings] = [0, 0, 0];
  while ((performance.now() < end || from < keptInputs(target)) && findings < MOST_FINDINGS) {
    const left = Math.max(0, end - performance.now()) / 1000;
    const ended = await thread({ target, seed, from, seconds: left }, (index, finding) => {
      findings++;
      console.log(`FOUND: ${name}: input ${index} of seed ${seed}: ${finding}`);
      return findings >= MOST_FINDINGS;
    });
    tried += ended.tried;
    if (!ended.stuck) break;
    // What comes behind the input that hung is tried in another thread.
    from += ended.tried;
  }
  console.log(`${name}: ${tried - findings} of ${tried} held`);
  return { name, tried, held: tried - findings };
}

/** One thread, until its time is over, it hangs, or enough was found. */
function thread(
  start: Omit<FuzzStart, "index">,
  onFinding: (index: number, finding: string) => boolean,
): Promise<{ tried: number; stuck: boolean }> {
  const index = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  index[0] = -1;
  const worker = new Worker(new URL("fuzz_worker.ts", import.meta.url), { type: "module" });
  return new Promise((resolve) => {
    let [seen, since] = [-1, performance.now()];
    const end = (tried: number, stuck: boolean) => {
      clearInterval(timer);
      worker.terminate();
      resolve({ tried, stuck });
    };
    const timer = setInterval(() => {
      const now = Atomics.load(index, 0);
      if (now !== seen) [seen, since] = [now, performance.now()];
      else if (now >= 0 && performance.now() - since > STUCK_MS) {
        onFinding(now, "came to no end");
        end(now + 1 - start.from, true);
      }
    }, LOOK_MS);
    worker.onerror = (event) => {
      event.preventDefault();
      const at = Math.max(start.from, Atomics.load(index, 0));
      onFinding(at, `the thread died: ${event.message}`);
      end(at + 1 - start.from, true);
    };
    worker.onmessage = ({ data }: MessageEvent<FuzzMessage>) => {
      if ("tried" in data) end(data.tried, false);
      else if (onFinding(data.index, data.finding)) end(data.index + 1 - start.from, false);
    };
    worker.postMessage({ ...start, index } satisfies FuzzStart);
  });
}
