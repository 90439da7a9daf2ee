/**
 * The GRPO step of the engine and of `--backend torch` beside TRL's and a plain PyTorch loop's, at the size of a real
 * small model: the same prompts, lengths and threads, in 32 bits on the CPU, interleaved.
 *
 * @module
 */
import { cpus } from "node:os";
import { dateTime } from "../../src/clock.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { countText } from "../../src/text/numbers.ts";
import type { LanguageModel } from "../../src/models/language_model.ts";
import { describeWorker } from "../../src/torch/status.ts";
import { TorchWorkers } from "../../src/torch/workers.ts";
import { freshModel } from "../gpu/fresh_model.ts";
import { type PeerPlace, startPeer, startTrl } from "../gpu/peer.ts";
import { SMOLLM2_135M } from "../gpu/shapes.ts";
import { rotated, sizeText } from "../gpu/speed.ts";
import { settingsOf, step, type Way, WAYS } from "../gpu/work.ts";
import { largeStepTable, type Taken } from "./large_step_table.ts";
import { TITLES } from "./titles.ts";
import { initialWeights } from "./workload.ts";

const SIZE = { prompts: 2, group: 8, promptTokens: 64, tokens: 32 };
const CORES = navigator.hardwareConcurrency;
const PLACE = { dtype: "float32", device: "cpu", threads: CORES } as const;
const ENGINE_WAYS: readonly Way[] = ["discrete", "soft-thinking", "multiplex"];

/** Who takes the step. */
interface Stepper {
  readonly name: string;
  /** Processes whose processor time the step takes. */
  readonly pids: readonly number[];
  readonly step: (round: number) => Promise<{ readonly seconds: number; readonly decodeSeconds: number }>;
}

/** The table, by a Python that has torch, transformers and TRL. */
export async function torchStepTable(interpreter: string, rounds: number): Promise<string> {
  await using started = new AsyncDisposableStack();
  const dispose = (model: LanguageModel) => model.dispose();
  const workers = await TorchWorkers.start({ interpreter, ...PLACE });
  const torch = started.adopt<LanguageModel>(await freshModel(workers, SMOLLM2_135M), dispose);
  const { config } = SMOLLM2_135M;
  const engine = started.adopt(await createEngine(config, initialWeights(config), { workers: CORES }), dispose);
  const place: PeerPlace = { interpreter, ...PLACE };
  const trl = started.use(await startTrl(SMOLLM2_135M, place, SIZE));
  const loop = started.use(startPeer(SMOLLM2_135M, place));
  const torchPids = workers.processes.map(({ pid }) => pid);
  const steppers = [
    { name: `TRL ${trl.version} GRPOTrainer`, pids: [trl.pid], step: () => trl.step() },
    { name: "plain PyTorch loop", pids: [loop.pid], step: () => loop.take("step", SIZE) },
    ...await Promise.all(WAYS.map((way) => stepper("--backend torch", torch, way, [Deno.pid, ...torchPids]))),
    ...await Promise.all(ENGINE_WAYS.map((way) => stepper("engine", engine, way, [Deno.pid]))),
  ];
  const times = await interleave(steppers, rounds);
  const machine = describeWorker(workers.processes[0].description);
  return [describe(rounds, machine), largeStepTable(times)].join("\n\n");
}

/** A step of this project. */
async function stepper(who: string, model: LanguageModel, way: Way, pids: readonly number[]): Promise<Stepper> {
  const settings = await settingsOf(way, model, SIZE.tokens);
  return { name: `${who}, ${TITLES[way]}`, pids, step: (round) => step(model, way, settings, SIZE, round) };
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

function describe(rounds: number, machine: readonly string[]): string {
  const processor = `${cpus()[0]?.model ?? "unknown processor"}, ${countText(CORES, "core")}`;
  return `${dateTime().slice(0, "2026-01-01".length)}, ${processor}, ${machine.join(", ")}; each peer has ` +
    `${countText(CORES, "thread")}. ${SMOLLM2_135M.name} with random weights, float32; one step: ${sizeText(SIZE)}; ` +
    `${countText(rounds, "interleaved round")} after one of warm-up.`;
}
