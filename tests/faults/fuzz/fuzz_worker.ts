/**
 * The thread of one fuzzer: a thread that hangs can be ended, and the one that started it knows at which input.
 *
 * @module
 */
import process from "node:process";
import { BenchError } from "../../../src/errors.ts";
import { Mutator } from "./mutate.ts";
import { keptInputs, TARGETS } from "./targets.ts";

/** What the thread is told. */
export interface FuzzStart {
  readonly target: string;
  readonly seed: number;
  /** The first input. */
  readonly from: number;
  readonly seconds: number;
  /** The input that is being tried. */
  readonly index: Int32Array<SharedArrayBuffer>;
}

/** What it says: a finding, or that its time is over. */
export type FuzzMessage = { readonly finding: string; readonly index: number } | { readonly tried: number };

/** So much CPU time an input may take, however busy the machine is. */
const MOST_MS = 5000;

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<FuzzStart>) => void) | null;
  postMessage(message: FuzzMessage): void;
};

scope.onmessage = async ({ data: { target, seed, from, seconds, index } }) => {
  const folder = Deno.makeTempDirSync({ prefix: "faults-fuzz-" });
  const end = performance.now() + seconds * 1000;
  let at = from;
  for (; performance.now() < end || at < keptInputs(target); at++) {
    Atomics.store(index, 0, at);
    const finding = await tried(target, at, seed, folder);
    if (finding !== undefined) scope.postMessage({ finding, index: at });
  }
  Deno.removeSync(folder, { recursive: true });
  scope.postMessage({ tried: at - from });
};

async function tried(target: string, at: number, seed: number, folder: string): Promise<string | undefined> {
  const started = cpuMs();
  const finding = await outcome(target, at, seed, folder);
  const ms = cpuMs() - started;
  return finding ?? (ms > MOST_MS ? `took ${Math.round(ms)} ms of CPU time` : undefined);
}

/** CPU time of this process, which does nothing else meanwhile. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function outcome(target: string, at: number, seed: number, folder: string): Promise<string | undefined> {
  try {
    const impossible = await TARGETS[target].run(at, new Mutator(target, seed, at), folder);
    return impossible && `accepted: ${impossible.slice(0, 200)}`;
  } catch (error) {
    if (error instanceof BenchError) return undefined;
    const { name, message, stack = "" } = error instanceof Error ? error : new Error(String(error));
    return `a fault instead of a line: ${name}: ${message.slice(0, 200)}${stack.split("\n").slice(1, 4).join(" ")}`;
  }
}
