/**
 * The workers of `--backend torch`, one for each device, and which device that is. Several of them sum their gradients by
 * torch.distributed.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { cannotUse } from "./environment.ts";
import { type WorkerDescription, type WorkerOptions, WorkerProcess } from "./worker_process.ts";

/** How numbers of a model are stored while it computes; what is trained has 32 bits always. */
export type TorchDtype = "float32" | "bfloat16";

/** Where to compute. */
export interface TorchOptions extends WorkerOptions {
  /** Default: GPUs where there are any. */
  readonly device?: "cpu" | "cuda";
  /** Default: `bfloat16` on GPUs, `float32` on the CPU. */
  readonly dtype?: TorchDtype;
  /** Processes, one each device (default 1). */
  readonly devices?: number;
  /** Whether each device holds a piece of the weights that are trained, in place of all of them (default false). */
  readonly shard?: boolean;
}

/** Workers that are ready. */
export class TorchWorkers {
  readonly processes: readonly WorkerProcess[];
  readonly device: "cpu" | "cuda";
  readonly dtype: TorchDtype;
  /** Whether models lie in pieces on them: then all of them compute together, or none. */
  readonly shard: boolean;
  #users = 0;
  #numbers = 0;

  private constructor(
    processes: readonly WorkerProcess[],
    { device, dtype, shard }: { device: "cpu" | "cuda"; dtype: TorchDtype; shard: boolean },
  ) {
    this.processes = processes;
    this.device = device;
    this.dtype = dtype;
    this.shard = shard;
  }

  /**
   * Starts them.
   *
   * @throws {BenchError} If Python or one of its packages is missing, or there are fewer devices than asked for
   */
  static async start(options: TorchOptions = {}): Promise<TorchWorkers> {
    const { devices: count = 1, shard = false } = options;
    if (shard && count === 1) {
      throw cannotUse("--shard shares a model among devices, found 1; give --devices a larger number");
    }
    const first = await WorkerProcess.start(options);
    const started = [first];
    try {
      const device = deviceOf(first.description, options);
      const others = await Promise.allSettled(
        Array.from({ length: count - 1 }, () => WorkerProcess.start(options)),
      );
      for (const other of others) if (other.status === "fulfilled") started.push(other.value);
      const failed = others.find((other) => other.status === "rejected");
      if (failed !== undefined) throw failed.reason;
      if (count > 1) await join(started, device);
      const dtype = options.dtype ?? (device === "cuda" ? "bfloat16" : "float32");
      return new TorchWorkers(started, { device, dtype, shard });
    } catch (error) {
      await Promise.all(started.map((worker) => worker.close()));
      throw error;
    }
  }

  /**
   * One request to each of some workers, answered together. Where one fails, all end: the others may wait for it.
   *
   * @throws {BenchError} What the first one threw
   */
  async together<T>(requests: readonly Promise<T>[]): Promise<T[]> {
    try {
      return await Promise.all(requests);
    } catch (error) {
      if (this.processes.length > 1) await this.close();
      throw error;
    }
  }

  /** What a worker calls its device. */
  deviceName(rank: number): string {
    // Each machine counts its own from 0.
    return this.device === "cpu" ? "cpu" : `cuda:${rank % this.processes[0].description.devices.length}`;
  }

  /** Bytes that were free on each device, before a model was opened. */
  get freeMemory(): readonly number[] {
    return this.processes[0].description.devices.slice(0, this.processes.length).map(({ free }) => free);
  }

  /** The most bytes that the first device held since the last call; undefined where none are counted. */
  async peakMemory(): Promise<number | undefined> {
    const { header } = await this.processes[0].request("memory", {});
    return (header.peak as number | null) ?? undefined;
  }

  /** Keeps what the workers write to their errors, what they wrote already included, in a file. */
  keepLog(path: string): void {
    this.processes.forEach((worker, rank) =>
      worker.listen((line) => Deno.writeTextFileSync(path, `${rank}: ${line}\n`, { append: true }))
    );
  }

  /** Facts for a result file: what decides numbers. */
  get details(): Readonly<Record<string, string>> {
    const { python, torch, transformers, cuda, devices, threads } = this.processes[0].description;
    return {
      python,
      torch,
      transformers,
      dtype: this.dtype,
      device: this.device,
      processes: String(this.processes.length),
      ...(this.shard && { weights: "in pieces" }),
      ...(this.device === "cuda" ? { cuda: cuda ?? "", card: devices[0].name } : { threads: String(threads) }),
    };
  }

  /** A number for a model or a decoder, never the same twice. */
  number(): number {
    return ++this.#numbers;
  }

  /** A model begins to use them. */
  use(): void {
    this.#users++;
  }

  /** A model has gone; with the last one they end. */
  async release(): Promise<void> {
    if (--this.#users === 0) await this.close();
  }

  async close(): Promise<void> {
    await Promise.all(this.processes.map((worker) => worker.close()));
  }
}

function deviceOf({ devices, torch, nodes = 1 }: WorkerDescription, options: TorchOptions): "cpu" | "cuda" {
  const device = options.device ?? (devices.length > 0 ? "cuda" : "cpu");
  const count = options.devices ?? 1;
  if (device === "cuda" && devices.length * nodes < count) {
    throw cannotUse(
      `PyTorch ${torch} finds ${devices.length * nodes} GPUs, expected ${count}; see nvidia-smi, or take --device cpu`,
    );
  }
  return device;
}

async function join(workers: readonly WorkerProcess[], device: "cpu" | "cuda"): Promise<void> {
  const processes = workers.length;
  const { port } = (await workers[0].request("listen", { processes })).header;
  const by = device === "cuda" ? "nccl" : "gloo";
  await Promise.all(workers.map((worker, rank) => worker.request("join", { processes, rank, port, by })));
}

/** The GPU that PyTorch works on here, if it was set up and finds one. */
export async function gpuOfTorch(options: TorchOptions = {}): Promise<string | undefined> {
  try {
    const worker = await WorkerProcess.start(options);
    await worker.close();
    return worker.description.devices[0]?.name;
  } catch (error) {
    if (error instanceof BenchError) return undefined;
    throw error;
  }
}
