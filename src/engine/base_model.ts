/**
 * The weights of an engine without their adapter, as a language model of its own that is not trained: the frozen policy of a
 * divergence, in the memory that is there.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type {
  DecodeOptions,
  Decoder,
  LanguageModel,
  NamedTensors,
  Reproducibility,
  TrainingGroup,
} from "../models/language_model.ts";
import type { ModelConfig } from "../models/model_config.ts";
import type { RowLoss } from "../models/readings.ts";
import { startDecoder } from "./decoder.ts";
import type { Host } from "./host.ts";
import { readTensors } from "./parameters.ts";
import type { GroupPasses } from "./training.ts";

/** See the module. */
export class BaseModel implements LanguageModel {
  readonly config: ModelConfig;
  readonly backend: string;
  readonly reproducibility: Reproducibility;
  readonly details: Readonly<Record<string, string>>;
  readonly #adapted: LanguageModel;
  readonly #host: Host;
  readonly #passes: GroupPasses;

  /** @param adapted the model whose adapter takes no part here */
  constructor(adapted: LanguageModel, host: Host, passes: GroupPasses) {
    this.config = adapted.config;
    this.backend = adapted.backend;
    this.reproducibility = adapted.reproducibility;
    this.details = adapted.details;
    this.#adapted = adapted;
    this.#host = host;
    this.#passes = passes;
  }

  coordinateRms(neverFed?: readonly number[]): Promise<number> {
    return this.#adapted.coordinateRms(neverFed);
  }

  decode(
    prompts: readonly Int32Array[],
    copies: readonly number[],
    maxNewPositions: number,
    { abort }: DecodeOptions = {},
  ): Promise<Decoder> {
    return startDecoder(this.#host, prompts, copies, maxNewPositions, "base", { abort });
  }

  forward(groups: readonly TrainingGroup[], visit: RowLoss, abort?: AbortSignal): Promise<void> {
    return this.#passes.run(groups, visit, { trainInputs: false, policy: "base", abort });
  }

  async weights(): Promise<NamedTensors> {
    return readTensors(this.#host.weights, this.#host.parameters);
  }

  /** @throws {UsageError} Always, as all that would change it */
  accumulate(): Promise<void> {
    return frozen();
  }

  update(): Promise<number> {
    return frozen();
  }

  gradients(): Promise<NamedTensors> {
    return frozen();
  }

  optimizerState(): Promise<{ first: NamedTensors; second: NamedTensors }> {
    return frozen();
  }

  restore(): Promise<void> {
    return frozen();
  }

  /** Nothing of its own is held. */
  async dispose(): Promise<void> {}
}

function frozen(): Promise<never> {
  return Promise.reject(
    new UsageError("Cannot train a model without its adapter: found its frozen weights; train the model it belongs to"),
  );
}
