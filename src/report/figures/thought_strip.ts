/**
 * A thought step by step: a strip of columns for the eye, and a table with every number that was kept of it.
 *
 * @module
 */
import type { RecordedThought } from "../../evaluation/recorded_thought.ts";
import { NOTHING } from "../../text/numbers.ts";
import { type Insert, type Markup, markup } from "../markup.ts";
import { dataTable } from "../parts.ts";

/** Tokens of a table's cell. */
const LISTED = 5;

/**
 * Columns: how the weight is shared out, the heaviest token with its weight in percent, below it the second, or what a
 * noisy embedding is nearest to, then the entropy and the heaviest token's noise.
 *
 * @param label for whoever does not see it
 */
export function thoughtStrip(thoughts: readonly RecordedThought[], label: string): Markup {
  return markup`<ol class="strip" aria-label="${label}">${thoughts.map(column)}</ol>`;
}

function column({ seen, entropy, nearest }: RecordedThought): Markup {
  const [first, second] = seen.filter(([, , weight]) => percent(weight) > 0);
  const [a, b] = [first, second].map((token) => token === undefined ? 0 : percent(token[2]));
  const below = nearest !== undefined && nearest.length > 0
    ? `≈${visibleToken(nearest[0][0])} ${nearest[0][1].toFixed(2)}`
    : second === undefined
    ? ""
    : `${visibleToken(second[0])} ${b}`;
  const gumbel = first?.[3] ?? null;
  return markup`<li><i style="--a:${a}%;--b:${a + b}%"></i>${
    first && markup`<b>${visibleToken(first[0])}</b> ${a}`
  }<br>${below}<br>H ${entropy.toFixed(2)}${gumbel === null ? undefined : markup`<br>g ${signed(gumbel)}`}</li>`;
}

/** A row per step: what was fed, what the model expected, the noise, and the nearest tokens of a noisy embedding. */
export function thoughtTable(thoughts: readonly RecordedThought[], caption: string): Markup {
  const noisy = thoughts.some(({ seen }) => seen.some(([, , , gumbel]) => gumbel !== null));
  const near = thoughts.some(({ nearest }) => nearest !== undefined);
  const shares = thoughts.some(({ noiseShare }) => noiseShare !== undefined);
  return dataTable({
    caption,
    head: [
      "step",
      text("fed, percent"),
      text("expected, percent"),
      "entropy, nats",
      ...(noisy ? [text("Gumbel noise")] : []),
      ...(near ? [text("nearest tokens, cosine")] : []),
      ...(shares ? ["noise / mean"] : []),
    ],
    rows: thoughts.map(({ seen, entropy, nearest = [], noiseShare }, i) => [
      String(i + 1),
      numbers(seen.filter(([, , weight]) => weight > 0).map(([token, , weight]) => [token, String(percent(weight))])),
      numbers(seen.toSorted((a, b) => b[1] - a[1]).map(([token, share]) => [token, String(percent(share))])),
      entropy.toFixed(2),
      ...(noisy
        ? [numbers(seen.map(([token, , , gumbel]) => [token, gumbel === null ? NOTHING : signed(gumbel)]))]
        : []),
      ...(near ? [numbers(nearest.map(([token, cosine]) => [token, cosine.toFixed(2)]))] : []),
      ...(shares ? [noiseShare === undefined ? NOTHING : noiseShare.toFixed(2)] : []),
    ]),
  });
}

/** Tokens in bold, each with its number. */
function numbers(tokens: readonly (readonly [token: string, number: string])[]) {
  return text(
    tokens.slice(0, LISTED).map(([token, number], i) =>
      markup`${i > 0 ? " · " : ""}<b>${visibleToken(token)}</b> ${number}`
    ),
  );
}

function text(content: Insert) {
  return { content, className: "text" };
}

function percent(share: number): number {
  return Math.round(100 * share);
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
}

/** Spaces and line breaks are what one would otherwise not see. */
function visibleToken(token: string): string {
  return token === "" ? "∅" : token.replaceAll(" ", "␣").replaceAll("\n", "⏎").replaceAll("\t", "⇥");
}
