/**
 * The loop that makes the embedded base model: worked examples, cross-entropy, AdamW. It goes through the same language
 * model as every other training, so whatever computes these bytes computes the experiment's.
 *
 * @module
 */
import type { LanguageModel } from "../models/language_model.ts";
import { encodeExamples, type ExampleEncoder, ExampleSource } from "./batch.ts";
import { crossEntropy } from "./cross_entropy.ts";
import { pretrainingRate, type PretrainingRecipe } from "./recipe.ts";

/** What one update did. */
export interface PretrainingStep {
  /** Updates done, this one included. */
  readonly step: number;
  /** Mean negative log-likelihood of the batch's tokens before the update, in nats. */
  readonly loss: number;
  /** Global gradient norm before clipping. */
  readonly gradientNorm: number;
}

/** Options of {@link pretrain}. */
export interface PretrainingOptions {
  /** Every number that makes the model. */
  readonly recipe: PretrainingRecipe;
  /** From text to tokens. */
  readonly encoder: ExampleEncoder;
  /** Updates that the model's weights and moments already hold (default 0). */
  readonly from?: number;
  /** Update to stop after (default all of the recipe). */
  readonly to?: number;
  /** Told after each update; the next one waits for it. */
  readonly onStep?: (step: PretrainingStep) => Promise<void> | void;
}

/**
 * Trains `model` in place, from update `from` to update `to`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadCheckpoint } from "../checkpoint/checkpoint.ts";
 * import { createEngine } from "../engine/engine.ts";
 * import { loadTokenizer } from "../prompt/tokenizer.ts";
 * import { TINY_RECIPE } from "./recipe.ts";
 *
 * const { config, weights } = await loadCheckpoint("models/tiny");
 * const tokenizer = await loadTokenizer("models/tiny");
 * const model = await createEngine(config, weights, { workers: 1 });
 * const losses: number[] = [];
 * await pretrain(model, {
 *   recipe: { ...TINY_RECIPE, batch: 3 },
 *   to: 2,
 *   encoder: {
 *     prompt: (question) => tokenizer.encode(`<user>${question}<assistant>`),
 *     completion: (text) => tokenizer.encode(text),
 *   },
 *   onStep: ({ loss }) => void losses.push(loss),
 * });
 * assertEquals(losses.length, 2);
 * await model.dispose();
 * ```
 */
export async function pretrain(
  model: LanguageModel,
  { recipe, encoder, from = 0, to = recipe.steps, onStep }: PretrainingOptions,
): Promise<void> {
  const source = new ExampleSource(recipe.seed);
  for (let step = from; step < to; step++) {
    const { groups, targets } = encodeExamples(source.examples(step, recipe.batch), encoder);
    const { loss, mean } = crossEntropy(targets, model.config.vocabularySize);
    await model.accumulate(groups, loss, { trainInputs: true });
    const gradientNorm = await model.update({
      ...recipe.optimizer,
      learningRate: pretrainingRate(recipe, step),
      step: step + 1,
    });
    await onStep?.({ step: step + 1, loss: mean(), gradientNorm });
  }
}
