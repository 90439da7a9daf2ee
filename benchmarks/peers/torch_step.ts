/**
 * The GRPO step of `--backend torch` beside TRL's and a plain PyTorch loop's, at the size of a real small model: the same
 * prompts, lengths and threads, in 32 bits on the CPU, interleaved.
 *
 * @module
 */
import { dateTime } from "../../src/clock.ts";
import { markdownTable } from "../../src/text/markdown.ts";
import { countText } from "../../src/text/numbers.ts";
import { describeWorker } from "../../src/torch/status.ts";
import { TorchWorkers } from "../../src/torch/workers.ts";
import { freshModel } from "../gpu/fresh_model.ts";
import { type PeerPlace, startPeer, startTrl } from "../gpu/peer.ts";
import { SMOLLM2_135M, THREADS } from "../gpu/shapes.ts";
import { rotated, sizeText } from "../gpu/speed.ts";
import { settingsOf, step, WAYS } from "../gpu/work.ts";
import { median } from "./statistics.ts";

const SIZE = { prompts: 2, group: 8, promptTokens: 64, tokens: 32 };
const PLACE = { dtype: "float32", device: "cpu", threads: THREADS } as const;

/** Who takes the step. */
interface Stepper {
  readonly name: string;
  /** Processes whose processor time the step takes. */
  readonly pids: readonly number[];
  readonly step: (round: number) => Promise<{ readonly seconds: number; readonly decodeSeconds: number }>;
}

/** What one step took. */
interface Taken {
  readonly seconds: number;
  readonly decodeSeconds: number;
  /** Of the processor, all threads together: on a machine with other work the one figure that is the step's own. */
  readonly cpuSeconds: number;
}

/** The table, by a Python that has torch, transformers and TRL. */
export async function torchStepTable(interpreter: string, rounds: number): Promise<string> {
  const workers = await TorchWorkers.start({ interpreter, ...PLACE });
  const model = await freshModel(workers, SMOLLM2_135M);
  try {
    const place: PeerPlace = { interpreter, ...PLACE };
    await using trl = await startTrl(SMOLLM2_135M, place, SIZE);
    await using loop = startPeer(SMOLLM2_135M, place);
    const own = [Deno.pid, ...workers.processes.map(({ pid }) => pid)];
    const steppers: Stepper[] = [
      { name: `TRL ${trl.version} GRPOTrainer`, pids: [trl.pid], step: () => trl.step() },
      { name: "plain PyTorch loop", pids: [loop.pid], step: () => loop.take("step", SIZE) },
    ];
    for (const way of WAYS) {
      const settings = await settingsOf(way, model, SIZE.tokens);
      steppers.push({ name: `--backend torch, ${way}`, pids: own, step: (at) => step(model, way, settings, SIZE, at) });
    }
    const times = await interleave(steppers, rounds);
    return tableOf(times, describeWorker(workers.processes[0].description));
  } finally {
    await model.dispose();
  }
}

/** One step each a round; the first round warms up. */
async function interleave(steppers: readonly Stepper[], rounds: number): Promise<Map<string, Taken[]>> {
  const times = new Map<string, Taken[]>(steppers.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    console.error(`${SMOLLM2_135M.name}: round ${round} of ${rounds}`);
    for (const { name, pids, step } of rotated(steppers, round)) {
      const before = cpuSeconds(pids);
      const { seconds, decodeSeconds } = await step(round);
      const taken = { seconds, decodeSeconds, cpuSeconds: cpuSeconds(pids) - before };
      if (round > 0) times.get(name)!.push(taken);
    }
  }
  return times;
}

/** Linux's unit of processor time. */
const TICKS_PER_SECOND = 100;

/** Processor time of some processes so far, s. */
function cpuSeconds(pids: readonly number[]): number {
  // Deno itself reads no file of another process.
  const { stdout } = new Deno.Command("cat", { args: pids.map((pid) => `/proc/${pid}/stat`) }).outputSync();
  return new TextDecoder().decode(stdout).trim().split("\n").reduce((sum, line) => {
    // The name, in brackets, may hold spaces; utime and stime are the 14th and 15th fields, the third is after it.
    const [, , , , , , , , , , , user, system] = line.split(") ").at(-1)!.split(" ");
    return sum + (Number(user) + Number(system)) / TICKS_PER_SECOND;
  }, 0);
}

function tableOf(times: ReadonlyMap<string, readonly Taken[]>, machine: readonly string[]): string {
  const of = (name: string, figure: keyof Taken) => median(times.get(name)!.map((taken) => taken[figure]));
  const [trl] = times.keys();
  const rows = [...times.keys()].map((name) => [
    name,
    of(name, "seconds").toFixed(2),
    of(name, "decodeSeconds").toFixed(2),
    of(name, "cpuSeconds").toFixed(2),
    (of(trl, "cpuSeconds") / of(name, "cpuSeconds")).toFixed(2),
  ]);
  const columns = ["peer", "median s", "of them decoding", "processor s", "TRL's processor s / processor s"];
  return [
    `${dateTime().slice(0, "2026-01-01".length)}, ${machine.join(", ")}; each peer has ${
      countText(THREADS, "thread")
    }. ` +
    `${SMOLLM2_135M.name} with random weights, float32; one step: ${sizeText(SIZE)}; ` +
    `medians of ${times.get(trl)!.length} interleaved rounds after one of warm-up.`,
    markdownTable(columns, rows),
  ].join("\n\n");
}
