/**
 * The worked examples of one update, as a language model is trained on them.
 *
 * @module
 */
import { heldOutQuestions } from "../datasets/arithmetic/held_out.ts";
import { drawFresh } from "../datasets/training_source.ts";
import type { InputRows, TrainingGroup } from "../models/language_model.ts";
import { RandomSequence } from "../random/streams.ts";
import { completionText, type WorkedExample, workedExample } from "./worked_example.ts";
import { TEACHINGS } from "./ways.ts";

/** Token ids of prompts and completions; the part of a tokenizer that is needed here. */
export interface ExampleEncoder {
  /** Ids of the prompt that asks a question. */
  prompt(question: string): Int32Array;
  /** Ids of what answers it. */
  completion(text: string): Int32Array;
}

/** Worked examples as one group each, with what is to be predicted. */
export interface ExampleBatch {
  readonly groups: readonly TrainingGroup[];
  /** Per group (T), the completion's tokens. */
  readonly targets: readonly Int32Array[];
}

/** Worked examples by update: a pure function of seed, update and row, without any question that is held out. */
export class ExampleSource {
  readonly #heldOut = heldOutQuestions(TEACHINGS.map(({ task }) => task));
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Row `row` of update `step`; families take turns over the rows of all updates. */
  example(step: number, row: number, batch: number): WorkedExample {
    const teaching = TEACHINGS[(step * batch + row) % TEACHINGS.length];
    const random = new RandomSequence("worked-example", this.#seed, teaching.task.name, step, row);
    const { operands } = drawFresh(teaching.task, random, this.#heldOut);
    return workedExample(teaching, operands, random);
  }

  /** All rows of update `step`. */
  examples(step: number, batch: number): WorkedExample[] {
    return Array.from({ length: batch }, (_, row) => this.example(step, row, batch));
  }
}

/** Examples in token ids: the completion's tokens are fed one after another, each predicts the next. */
export function encodeExamples(examples: readonly WorkedExample[], encoder: ExampleEncoder): ExampleBatch {
  const targets = examples.map((example) => encoder.completion(completionText(example)));
  const groups = examples.map(({ question }, i) => ({
    prompt: encoder.prompt(question),
    completions: [tokenRows(targets[i].subarray(0, -1))],
  }));
  return { groups, targets };
}

function tokenRows(ids: Int32Array): InputRows {
  return { count: ids.length, width: 1, ids, weights: new Float32Array(ids.length).fill(1) };
}
