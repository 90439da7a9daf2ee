/**
 * What the words of the page mean.
 *
 * @module
 */
import { type Markup, markup } from "../markup.ts";
import { section } from "../parts.ts";

const TERMS: readonly (readonly [term: string, meaning: string])[] = [
  [
    "Pass@k",
    "The chance that at least one of k samples is correct, 1 − C(n−c, k)/C(n, k) from c correct of n samples, mean over problems. Pass@1 is plain accuracy.",
  ],
  [
    "majority@k",
    "The chance that the most frequent answer of k samples is correct, exactly, over all ways to choose k of the n samples; ties count in parts, samples without an answer cast no vote.",
  ],
  [
    "95 % interval",
    "Where the value would lie for new problems of the same kind, and, of trained arms with several seeds, for newly trained seeds. Two seeds say little about a third, so such intervals are wide.",
  ],
  [
    "difference",
    "Mean of the differences problem by problem, so that what makes a problem hard cancels out. p is two-sided, by flipping signs, corrected for the number of differences shown (Holm).",
  ],
  [
    "soft thinking",
    "What is fed back after a thought step is a weighted mixture of token embeddings instead of one token's.",
  ],
  ["cut off", "The sample met the length limit before it ended."],
  [
    "repeats",
    "How a repetition of the same configuration compares: bitwise (the same bytes on any machine), same-shape (the same for the same batch shapes), statistical (within the interval).",
  ],
];

/** The list of terms. */
export const GLOSSARY: Markup = section(
  "glossary",
  "How to read this",
  markup`<dl>${TERMS.map(([term, meaning]) => markup`<dt>${term}</dt><dd>${meaning}</dd>`)}</dl>`,
);
