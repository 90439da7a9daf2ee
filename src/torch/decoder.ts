/**
 * Sequences that workers write: each prompt, with all of its copies, belongs to one of them.
 *
 * Letters: `N` sequences, `B` prompts, `K` ids per row, `D` width.
 *
 * @module
 */
import type { Decoder, InputRows } from "../models/language_model.ts";
import type { Readings, Reads } from "../models/readings.ts";
import { matrix, type Message, type ShapedArray, vector } from "./frames.ts";
import { AskedReadings, type WorkerLaw } from "./reading_frames.ts";
import type { WorkerProcess } from "./worker_process.ts";
import type { TorchWorkers } from "./workers.ts";

/** A worker with the number that it knows its part of the sequences by. */
interface Part {
  readonly worker: WorkerProcess;
  readonly decoder: number;
  /** Its first sequence, and the one after its last. */
  readonly first: number;
  readonly end: number;
}

/** What is decoded, and by whom. */
export interface DecodingStart {
  readonly workers: TorchWorkers;
  readonly model: number;
  readonly prompts: readonly Int32Array[];
  readonly copies: readonly number[];
  readonly maxNewPositions: number;
  /** A number that no decoder of these workers has. */
  readonly decoder: number;
  readonly width: number;
  /** A handle to a law of one worker. */
  readonly lawOf: (worker: WorkerProcess) => (number: number, temperature: number) => WorkerLaw;
  /** Called once all requests of the decoder have been made. */
  readonly onEnd: () => void;
}

/** Computes the prompts, and starts a cache on every worker that has some. */
export async function startTorchDecoder(start: DecodingStart): Promise<Decoder> {
  const { workers, model, prompts, copies, maxNewPositions, decoder } = start;
  const parts: Part[] = [];
  const starts: Promise<Message>[] = [];
  let first = 0;
  for (const [w, own] of sharePrompts(copies, workers.processes.length).entries()) {
    if (own.length === 0) continue;
    const ownCopies = own.map((b) => copies[b]);
    const end = first + ownCopies.reduce((sum, count) => sum + count, 0);
    parts.push({ worker: workers.processes[w], decoder, first, end });
    first = end;
    starts.push(workers.processes[w].request("decode", {
      model,
      decoder,
      lengths: own.map((b) => prompts[b].length),
      copies: ownCopies,
      positions: maxNewPositions,
    }, { prompts: vector(Int32Array.from(own.flatMap((b) => [...prompts[b]]))) }));
  }
  await workers.together(starts);
  return new TorchDecoder(start, parts);
}

/** Neighbouring prompts for each worker, about as many sequences each. */
function sharePrompts(copies: readonly number[], workers: number): number[][] {
  const total = copies.reduce((sum, count) => sum + count, 0);
  const shares: number[][] = Array.from({ length: workers }, () => []);
  let before = 0;
  copies.forEach((count, b) => {
    shares[Math.min(workers - 1, Math.floor(workers * before / total))].push(b);
    before += count;
  });
  return shares;
}

class TorchDecoder implements Decoder {
  readonly #start: DecodingStart;
  readonly #parts: readonly Part[];
  #ended = false;

  constructor(start: DecodingStart, parts: readonly Part[]) {
    this.#start = start;
    this.#parts = parts;
  }

  async readPrompts(reads: readonly Reads[]): Promise<readonly Readings[]> {
    return (await this.#start.workers.together(
      this.#parts.map(({ worker, decoder, first, end }) =>
        this.#read(worker, "readPrompts", { decoder }, {}, reads.slice(first, end))
      ),
    )).flat();
  }

  async step(sequences: Int32Array, inputs: InputRows, reads: readonly Reads[]): Promise<readonly Readings[]> {
    const answers: Promise<Readings[]>[] = [];
    let from = 0;
    for (const { worker, decoder, first, end } of this.#parts) {
      let to = from;
      while (to < sequences.length && sequences[to] < end) to++;
      if (to > from) {
        const arrays = {
          sequences: vector(sequences.slice(from, to).map((sequence) => sequence - first)),
          ...this.#inputs(inputs, from, to),
        };
        answers.push(this.#read(worker, "step", { decoder }, arrays, reads.slice(from, to)));
      }
      from = to;
    }
    return (await this.#start.workers.together(answers)).flat();
  }

  dispose(): void {
    if (this.#ended) return;
    this.#ended = true;
    // In order with what comes next; a worker that has ended says so there.
    for (const { worker, decoder } of this.#parts) worker.request("endDecoding", { decoder }).catch(() => {});
    this.#start.onEnd();
  }

  #inputs({ width: kept, ids, weights, offset }: InputRows, from: number, to: number): Record<string, ShapedArray> {
    const { width } = this.#start;
    const rows = to - from;
    return {
      ids: matrix(rows, kept, ids.subarray(from * kept, to * kept)),
      weights: matrix(rows, kept, weights.subarray(from * kept, to * kept)),
      ...(offset && { offset: matrix(rows, width, offset.subarray(from * width, to * width)) }),
    };
  }

  async #read(
    worker: WorkerProcess,
    request: string,
    fields: Readonly<Record<string, unknown>>,
    arrays: Readonly<Record<string, ShapedArray>>,
    reads: readonly Reads[],
  ): Promise<Readings[]> {
    const asked = new AskedReadings(reads, this.#start.lawOf(worker));
    const own = asked.request();
    const answer = await worker.request(request, { ...fields, ...own.fields }, { ...arrays, ...own.arrays });
    return asked.readings(answer.header, answer.arrays);
  }
}
