/**
 * Figures of the samples of one evaluation that no count holds: tokens of thought and answer, softness, and which texts
 * two decodings have in common.
 *
 * @module
 */
import type { Sample } from "../evaluation/sample.ts";
import { sha256 } from "../files/hash.ts";
import { mean } from "./estimate.ts";
import { joinSoftness, mergeSoftness } from "./softness.ts";
import type { Softness } from "./types.ts";

/** Digits that tell the texts of one problem apart. */
const DIGEST_DIGITS = 16;

/** Samples of one evaluation, added dataset by dataset; texts are not kept. */
export class SampleFigures {
  readonly #thoughtTokens: (number | null)[] = [];
  readonly #answerTokens: (number | null)[] = [];
  readonly #digests: string[] = [];
  readonly #softness: Pick<Sample, "softness">[] = [];

  /** Takes the samples of one dataset, in the order of problems and sample indices. */
  add(samples: readonly Sample[]): void {
    for (const { text } of samples) this.#digests.push(sha256(text).slice(0, DIGEST_DIGITS));
    const softness = joinSoftness(samples);
    if (softness !== undefined) this.#softness.push({ softness });
    this.#thoughtTokens.push(meanOfAll(samples.map(({ thoughts }) => thoughts)));
    this.#answerTokens.push(
      meanOfAll(samples.map(({ tokens, thoughts }) => thoughts === undefined ? undefined : tokens - thoughts)),
    );
  }

  /** Mean over datasets of the mean positions before the end of thinking; null where samples do not say it. */
  get thoughtTokens(): number | null {
    return meanOfAll(this.#thoughtTokens);
  }

  /** The same from the end of thinking on. */
  get answerTokens(): number | null {
    return meanOfAll(this.#answerTokens);
  }

  /** How soft the thoughts were; null where there were none. */
  get softness(): Softness | null {
    return mergeSoftness(this.#softness) ?? null;
  }

  /** Share of samples whose text is letter for letter that of another evaluation of the same problems. */
  likeness(other: SampleFigures): number {
    return mean(this.#digests.map((digest, i) => digest === other.#digests[i] ? 1 : 0));
  }
}

/** The mean; null where a value is missing. */
function meanOfAll(values: readonly (number | null | undefined)[]): number | null {
  return values.some((value) => value === null || value === undefined) ? null : mean(values as number[]);
}
