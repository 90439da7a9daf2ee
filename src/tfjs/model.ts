/**
 * The causal language model in tfjs ops, on any tfjs backend: the readable specification that the fast engine must agree
 * with, and the road to GPUs.
 *
 * @module
 */
import type { Device } from "./device.ts";
import { BenchError } from "../errors.ts";
import { InterruptedError } from "../interruption.ts";
import type {
  AccumulateOptions,
  Decoder,
  LanguageModel,
  NamedTensors,
  Reproducibility,
  TrainingGroup,
} from "../models/language_model.ts";
import { rmsOfCoordinates } from "../models/embedding_table.ts";
import type { RowLoss } from "../models/readings.ts";
import type { ModelConfig } from "../models/model_config.ts";
import { startTfjsDecoder } from "./decoder.ts";
import { type PassLimits, type PassOptions, runGroups } from "./training.ts";
import { TfjsWeights } from "./weights.ts";
import type { OptimizerStep } from "../models/adamw.ts";

/** Enough to keep a GPU busy; the tiny model's step of 128 short completions is one micro-batch. */
const DEFAULT_LIMITS: PassLimits = { maxPositions: 8192, maxLogits: 1 << 23 };

/**
 * Puts a model on a device.
 *
 * @param limits how passes over groups are cut to fit in memory; they change no result beyond rounding
 * @throws {BenchError} If a tensor is missing, has another shape than `config` says, or is too large for the device
 */
export async function createTfjsModel(
  config: ModelConfig,
  weights: NamedTensors,
  device: Device,
  limits: Partial<PassLimits> = {},
): Promise<LanguageModel> {
  await device.activate();
  const stored = new TfjsWeights(config, device);
  stored.restore(weights);
  return new TfjsModel(stored, device, { ...DEFAULT_LIMITS, ...limits });
}

class TfjsModel implements LanguageModel {
  readonly config: ModelConfig;
  readonly backend: string;
  readonly reproducibility: Reproducibility;
  readonly details: Readonly<Record<string, string>>;
  readonly #weights: TfjsWeights;
  readonly #device: Device;
  readonly #limits: PassLimits;

  constructor(weights: TfjsWeights, device: Device, limits: PassLimits) {
    this.config = weights.config;
    this.backend = device.backend;
    this.reproducibility = device.reproducibility;
    this.details = device.details;
    this.#weights = weights;
    this.#device = device;
    this.#limits = limits;
  }

  async coordinateRms(neverFed?: readonly number[]): Promise<number> {
    return rmsOfCoordinates(this.#weights.table, this.config.hiddenSize, neverFed);
  }

  async decode(prompts: readonly Int32Array[], copies: readonly number[], maxNewPositions: number): Promise<Decoder> {
    const { maxPositions } = this.config;
    for (const prompt of prompts) {
      if (prompt.length > 0 && prompt.length + maxNewPositions <= maxPositions) continue;
      throw new BenchError(
        `Cannot decode ${maxNewPositions} positions after a prompt of ${prompt.length}: the model has ${maxPositions}, ` +
          `and a prompt at least 1`,
      );
    }
    await this.#device.activate();
    return await startTfjsDecoder(this.#weights, this.#device, prompts, copies);
  }

  async forward(groups: readonly TrainingGroup[], visit: RowLoss, abort?: AbortSignal): Promise<void> {
    await this.#run(groups, visit, { gradients: false, trainInputs: false, abort });
  }

  async accumulate(
    groups: readonly TrainingGroup[],
    loss: RowLoss,
    { trainInputs = false, abort }: AccumulateOptions = {},
  ): Promise<void> {
    try {
      await this.#run(groups, loss, { gradients: true, trainInputs, abort });
    } catch (error) {
      // A part of a gradient is of no use.
      if (error instanceof InterruptedError) this.#weights.clearGradients();
      throw error;
    }
  }

  async #run(
    groups: readonly TrainingGroup[],
    visit: RowLoss,
    options: PassOptions,
  ): Promise<void> {
    await this.#device.activate();
    await runGroups(this.#weights, this.#device, groups, visit, this.#limits, options);
  }

  async update(step: OptimizerStep): Promise<number> {
    await this.#device.activate();
    return await this.#weights.update(step);
  }

  gradients(): Promise<NamedTensors> {
    return this.#weights.gradients();
  }

  weights(): Promise<NamedTensors> {
    return this.#weights.weights();
  }

  optimizerState(): Promise<{ first: NamedTensors; second: NamedTensors }> {
    return this.#weights.moments();
  }

  async restore(weights: NamedTensors, moments?: { first: NamedTensors; second: NamedTensors }): Promise<void> {
    await this.#device.activate();
    this.#weights.restore(weights, moments);
  }

  async dispose(): Promise<void> {
    this.#weights.dispose();
  }
}
