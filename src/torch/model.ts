/**
 * A model that workers hold in PyTorch. Positions, readings and slopes travel; weights stay where they are, but for
 * checkpoints.
 *
 * @module
 */
import { BenchError, UsageError } from "../errors.ts";
import { isFolder } from "../files/read.ts";
import { ADAPTER_TARGETS } from "../models/adapted_layers.ts";
import { type AdapterConfig, initialAdapter } from "../models/adapter.ts";
import type { OptimizerStep } from "../models/adamw.ts";
import type {
  Decoder,
  HostTensor,
  LanguageModel,
  NamedTensors,
  Reproducibility,
  TrainingGroup,
} from "../models/language_model.ts";
import type { ModelConfig } from "../models/model_config.ts";
import type { Reads, RowLoss, Slopes } from "../models/readings.ts";
import { startTorchDecoder } from "./decoder.ts";
import { cannotUse } from "./environment.ts";
import type { Message } from "./frames.ts";
import { actionPlaces, batchRequest, type PackedRow, packGroups } from "./micro_batch.ts";
import { AskedReadings, type WorkerLaw } from "./reading_frames.ts";
import type { WorkerProcess } from "./worker_process.ts";
import type { TorchWorkers } from "./workers.ts";

/** Positions of a micro-batch, padding included. */
const MICRO_BATCH_POSITIONS = 8192;

/** What a model is made of. */
export interface TorchSource {
  readonly config: ModelConfig;
  /** `config.json`, as transformers reads it. */
  readonly configJson: Readonly<Record<string, unknown>>;
  /** The weights: those of `folder`, where that is given; absent: fresh random numbers. */
  readonly weights?: NamedTensors;
  /** A Hugging Face folder that the worker reads by itself; a GGUF file is read here, and its weights are passed on. */
  readonly folder?: string;
  /** Trained in place of the weights. */
  readonly adapter?: AdapterConfig;
}

/**
 * Opens a model on every worker.
 *
 * @throws {BenchError} If transformers has no such architecture, it cannot be taken apart as training needs, or an adapter
 * is asked for where there is no peft, or weights are in pieces
 */
export async function createTorchModel(workers: TorchWorkers, given: TorchSource): Promise<LanguageModel> {
  const source = withoutFile(given);
  const number = workers.number();
  const { folder, configJson, weights, adapter } = source;
  if (adapter !== undefined && workers.shard) {
    await workers.close();
    throw cannotUse("--shard takes weights apart, and training.adapter trains none; leave one of them out");
  }
  workers.use();
  const release = async (error: unknown) => {
    await workers.release();
    throw error;
  };
  const descriptions = await workers.together(workers.processes.map((worker, rank) =>
    worker.request("open", {
      model: number,
      dtype: workers.dtype,
      shared: workers.shard,
      device: workers.deviceName(rank),
      ...(folder === undefined ? { config: configJson } : { folder: Deno.realPathSync(folder) }),
    })
  )).catch(release);
  const opened = descriptions[0].header as unknown as OpenedPolicy;
  const model = new TorchModel(workers, number, source, opened);
  if (folder === undefined && weights !== undefined) await model.restore(weights);
  if (adapter === undefined) return model;
  const without = workers.number();
  const { rank, alpha, targets = ADAPTER_TARGETS } = adapter;
  const [{ header }] = await workers.together(
    workers.processes.map((worker) => worker.request("adapt", { model: number, without, rank, alpha, targets })),
  ).catch(release);
  const frozen = new FrozenTorchModel(workers, without, source, opened);
  const adapted = new TorchModel(workers, number, source, header as unknown as OpenedPolicy, {
    adapter,
    without,
    frozen,
  });
  await adapted.restore(initialAdapter(source.config, adapter, 0));
  return adapted;
}

function withoutFile({ folder, ...passed }: TorchSource): TorchSource {
  return folder !== undefined && isFolder(folder) ? { ...passed, folder } : passed;
}

/** What a worker says of a model that it opened. */
interface OpenedPolicy {
  readonly shapes: readonly (readonly [name: string, shape: readonly number[]])[];
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly maxPositions: number;
  readonly architecture: string;
}

class TorchModel implements LanguageModel {
  readonly config: ModelConfig;
  readonly backend = "torch";
  readonly reproducibility: Reproducibility = "same-shape";
  readonly details: Readonly<Record<string, string>>;
  readonly adapter?: AdapterConfig;
  readonly withoutAdapter?: () => LanguageModel;
  readonly #workers: TorchWorkers;
  readonly #number: number;
  /** What the workers know of it. */
  readonly #numbers: readonly number[];
  readonly #source: TorchSource;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;
  /** Decoders at work: while there are some, every device holds the model whole. */
  #decoders = 0;

  /** @param adapted what is trained in place of the weights, and the model without it, with its number */
  constructor(
    workers: TorchWorkers,
    number: number,
    source: TorchSource,
    opened: OpenedPolicy,
    adapted?: { readonly adapter: AdapterConfig; readonly without: number; readonly frozen: LanguageModel },
  ) {
    const { vocabularySize, hiddenSize, maxPositions } = opened;
    this.config = { ...source.config, vocabularySize, hiddenSize, maxPositions };
    const { peft } = workers.processes[0].description;
    const own = adapted !== undefined && peft !== null ? { peft } : {};
    this.details = { ...workers.details, ...own, architecture: opened.architecture };
    this.#workers = workers;
    this.#number = number;
    this.#source = source;
    this.#shapes = new Map(opened.shapes);
    this.#numbers = adapted === undefined ? [number] : [number, adapted.without];
    if (adapted !== undefined) {
      this.adapter = adapted.adapter;
      this.withoutAdapter = () => adapted.frozen;
    }
  }

  async coordinateRms(neverFed: readonly number[] = []): Promise<number> {
    const { arrays } = await this.#first("coordinateRms", { neverFed });
    return arrays.value.data[0];
  }

  async decode(prompts: readonly Int32Array[], copies: readonly number[], maxNewPositions: number): Promise<Decoder> {
    const { maxPositions, hiddenSize: width } = this.config;
    for (const prompt of prompts) {
      if (prompt.length > 0 && prompt.length + maxNewPositions <= maxPositions) continue;
      throw new BenchError(
        `Cannot decode ${maxNewPositions} positions after a prompt of ${prompt.length}: the model has ${maxPositions}, ` +
          `and a prompt at least 1`,
      );
    }
    if (this.#workers.shard && this.#decoders++ === 0) await this.#all("gather", {});
    return await startTorchDecoder({
      workers: this.#workers,
      model: this.#number,
      prompts,
      copies,
      maxNewPositions,
      decoder: this.#workers.number(),
      width,
      lawOf,
      onEnd: () => {
        // In order with what comes next, as the end of a decoder is.
        if (this.#workers.shard && --this.#decoders === 0) this.#all("scatter", {}).catch(() => {});
      },
    });
  }

  async forward(groups: readonly TrainingGroup[], visit: RowLoss): Promise<void> {
    await this.#pass(groups, visit, { gradients: false, trainInputs: false });
  }

  async accumulate(
    groups: readonly TrainingGroup[],
    loss: RowLoss,
    { trainInputs = false }: { trainInputs?: boolean } = {},
  ): Promise<void> {
    await this.#pass(groups, loss, { gradients: true, trainInputs });
  }

  /** Micro-batches in rounds, one each worker: what is scored, and in which order, depends on no worker's speed. */
  async #pass(
    groups: readonly TrainingGroup[],
    loss: RowLoss,
    options: { gradients: boolean; trainInputs: boolean },
  ): Promise<void> {
    const batches = packGroups(groups, MICRO_BATCH_POSITIONS);
    const { processes, shard } = this.#workers;
    for (let first = 0; first < batches.length; first += processes.length) {
      const shares = batches.slice(first, first + processes.length);
      // Of a model in pieces all compute, be it nothing.
      while (shard && shares.length < processes.length) shares.push([]);
      const round = shares.map((batch, w) => new WorkerBatch(processes[w], this.#number, batch, loss));
      await this.#workers.together(round.map((own) => own.forward(this.config.hiddenSize, options)));
      const slopes = round.map((own) => own.score());
      if (options.gradients) await this.#workers.together(round.map((own, w) => own.backward(slopes[w])));
    }
  }

  async update({ maxGradientNorm, ...step }: OptimizerStep): Promise<number> {
    const clipped = Number.isFinite(maxGradientNorm) ? { maxGradientNorm } : { maxGradientNorm: null };
    const [first] = await this.#all("update", { step: { ...step, ...clipped } });
    return first.arrays.norm.data[0];
  }

  gradients(): Promise<NamedTensors> {
    return this.#tensors("gradients");
  }

  weights(): Promise<NamedTensors> {
    return this.#tensors("weights");
  }

  async optimizerState(): Promise<{ first: NamedTensors; second: NamedTensors }> {
    return { first: await this.#tensors("first"), second: await this.#tensors("second") };
  }

  async restore(weights: NamedTensors, moments?: { first: NamedTensors; second: NamedTensors }): Promise<void> {
    await this.#all("forget", {});
    // The worker reads its folder faster than a pipe passes it on.
    const isStored = this.adapter === undefined && this.#source.folder !== undefined &&
      weights === this.#source.weights;
    if (isStored) await this.#all("reload", {});
    else await this.#put("weights", weights);
    if (moments === undefined) return;
    await this.#put("first", moments.first);
    await this.#put("second", moments.second);
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#workers.processes.map((worker) =>
      // One that has ended holds nothing.
      worker.request("close", { models: this.#numbers }).catch(() => {})
    ));
    await this.#workers.release();
  }

  async #put(kind: string, tensors: NamedTensors): Promise<void> {
    for (const [name, shape] of this.#shapes) {
      const tensor = tensors.get(name);
      if (tensor?.shape.join() !== shape.join()) {
        throw new BenchError(`Cannot restore "${name}": found shape [${tensor?.shape ?? "none"}], expected [${shape}]`);
      }
      await this.#all("put", { kind, name }, { values: { shape, data: tensor.data } });
    }
  }

  async #tensors(kind: string): Promise<NamedTensors> {
    const found = new Map<string, HostTensor>();
    for (const [name, shape] of this.#shapes) {
      const { arrays } = await this.#first("tensor", { kind, name });
      found.set(name, { shape, data: arrays.values.data as Float32Array });
    }
    return found;
  }

  /** The first worker's answer; the others help it where each holds a piece. */
  async #first(request: string, fields: Readonly<Record<string, unknown>>): Promise<Message> {
    if (this.#workers.shard) return (await this.#all(request, fields))[0];
    return await this.#workers.processes[0].request(request, { ...fields, model: this.#number });
  }

  #all(
    request: string,
    fields: Readonly<Record<string, unknown>>,
    arrays: Message["arrays"] = {},
  ): Promise<Message[]> {
    return this.#workers.together(
      this.#workers.processes.map((worker) => worker.request(request, { ...fields, model: this.#number }, arrays)),
    );
  }
}

/** The weights beside which an adapter stands, as a model of its own: read, never trained, and gone with the adapter's. */
class FrozenTorchModel extends TorchModel {
  override accumulate = frozen;
  override update = frozen;
  override gradients = frozen;
  override optimizerState = frozen;
  override restore = frozen;

  override async dispose(): Promise<void> {}
}

function frozen(): Promise<never> {
  return Promise.reject(
    new UsageError("Cannot train a model without its adapter: found its frozen weights; train the model it belongs to"),
  );
}

/** One micro-batch on one worker, from what is fed to what is handed back. */
class WorkerBatch {
  readonly #worker: WorkerProcess;
  readonly #model: number;
  readonly #batch: readonly PackedRow[];
  readonly #loss: RowLoss;
  readonly #places;
  #asked: AskedReadings | undefined;
  #answer: Message | undefined;

  constructor(worker: WorkerProcess, model: number, batch: readonly PackedRow[], loss: RowLoss) {
    this.#worker = worker;
    this.#model = model;
    this.#batch = batch;
    this.#loss = loss;
    this.#places = actionPlaces(batch);
  }

  async forward(width: number, options: { gradients: boolean; trainInputs: boolean }): Promise<void> {
    const reads = this.#places.map((place): Reads => this.#loss.reads(place));
    this.#asked = new AskedReadings(reads, lawOf(this.#worker));
    const asked = this.#asked.request();
    const { rows, arrays } = batchRequest(this.#batch, width);
    const fields = { ...options, model: this.#model, rows, ...asked.fields };
    this.#answer = await this.#worker.request("forward", fields, { ...arrays, ...asked.arrays });
  }

  score(): (Slopes | undefined)[] {
    const { header, arrays } = this.#answer!;
    const readings = this.#asked!.readings(header, arrays);
    return this.#places.map((place, i) => this.#loss.score(place, readings[i]));
  }

  async backward(slopes: readonly (Slopes | undefined)[]): Promise<void> {
    const asked = this.#asked!.request();
    const arrays = { ...asked.arrays, ...this.#asked!.slopes(slopes) };
    await this.#worker.request("backward", { model: this.#model, ...asked.fields }, arrays);
  }
}

/** A law on one worker. */
function lawOf(worker: WorkerProcess): (number: number, temperature: number) => WorkerLaw {
  return (number, temperature) => ({
    number,
    temperature,
    dispose: () => void worker.request("forgetLaws", { laws: [number] }).catch(() => {}),
  });
}
