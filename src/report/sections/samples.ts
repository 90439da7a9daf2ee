/**
 * Samples as they were written and graded, and what a soft thought was mixed from.
 *
 * @module
 */
import type { Sample, ThoughtGlimpse } from "../../evaluation/sample.ts";
import { countText } from "../../text/numbers.ts";
import type { SampleSet, ShownProblem } from "../sample_sets.ts";
import { type Insert, type Markup, markup } from "../markup.ts";
import { fold, lead, section } from "../parts.ts";

/** Longer texts are cut in the middle. */
const LONGEST_TEXT = 6000;
/** Thought positions that are drawn. */
const MOST_POSITIONS = 160;
const PALEST = 0.25;

/** All sample sets, folded up by arm and dataset; nothing where there are none. */
export function sampleSection(sets: readonly SampleSet[], id: string): Markup | undefined {
  if (sets.length === 0) return undefined;
  const byArm = Map.groupBy(sets, ({ arm, seed }) => `${arm}, seed ${seed}`);
  return section(`${id}-samples`, "Samples", [
    lead(
      "A few problems of each dataset, from those solved least to those solved most. Of soft thoughts, each column is a " +
        "position: what was mixed, the heaviest token at the bottom and named below with its weight in percent, then " +
        "the second.",
    ),
    ...[...byArm].map(([title, own]) => fold(markup`<b>${title}</b>`, own.map(datasetBlock))),
  ]);
}

function datasetBlock({ dataset, problems }: SampleSet): Markup {
  return fold(dataset, problems.map(problemBlock));
}

function problemBlock({ id, question, gold, samples, correct, total }: ShownProblem): Markup {
  return markup`<h3>${id} <span class="soft">· ${correct} of ${countText(total, "sample")} correct</span></h3>
${question === undefined ? undefined : markup`<p class="mono">${question}</p>`}
${gold === undefined ? undefined : markup`<p>Reference answer: <code>${gold}</code></p>`}
${samples.map(sampleBlock)}`;
}

function sampleBlock(sample: Sample): Markup {
  const { correct, thought, text, tokens, finish } = sample;
  const verdict = correct
    ? markup`<span class="verdict good">✓ correct</span>`
    : markup`<span class="verdict bad">✗ wrong</span>`;
  const facts = [
    `sample ${sample.sample}`,
    countText(tokens, "token"),
    ...(finish === "length" ? ["cut off at the limit"] : []),
  ];
  return markup`<article class="sample">${verdict}
<span class="soft">${facts.join(" · ")} · ${answerText(sample)}</span>
<pre>${middleCut(text)}</pre>${thought?.some(isMixture) ? thoughtFigure(thought) : undefined}</article>`;
}

/** Whether more than one token was fed; a thought of single tokens is in the text already. */
function isMixture(glimpse: ThoughtGlimpse): boolean {
  return glimpse.length > 1;
}

function answerText({ answer, canonical, graderError, program, programDetail }: Sample): Insert {
  if (graderError !== undefined) return markup`the grader failed: ${graderError}`;
  if (program === "none") return "no program found";
  if (program !== undefined) {
    return markup`its program ${program}${
      programDetail === undefined ? undefined : markup`: <code>${programDetail}</code>`
    }`;
  }
  if (answer === null) return "no answer found";
  return markup`answer <code>${answer}</code>${
    canonical === null || canonical === answer ? undefined : markup`, read as <code>${canonical}</code>`
  }`;
}

/** A soft thought, position by position. */
export function thoughtFigure(thought: readonly ThoughtGlimpse[]): Markup {
  const shown = thought.slice(0, MOST_POSITIONS);
  return markup`<ol class="thought" role="list" aria-label="Soft thought, position by position">${
    shown.map(positionBlock)
  }</ol>${
    thought.length > shown.length
      ? markup`<p class="note">${thought.length - shown.length} further positions are not drawn.</p>`
      : undefined
  }`;
}

function positionBlock(glimpse: ThoughtGlimpse): Markup {
  const named = glimpse.map(([token, weight]) => ({
    token: visibleToken(token),
    weight,
    percent: Math.round(100 * weight),
  }));
  const bars = named.map(({ weight }, rank) =>
    markup`<i style="--w:${weight.toFixed(3)};--o:${Math.max(PALEST, 0.95 - 0.22 * rank).toFixed(2)}"></i>`
  );
  const [first, second] = named;
  return markup`<li title="${
    named.map(({ token, percent }) => `${token} ${percent} %`).join(", ")
  }">${markup`<span class="bar" aria-hidden="true">${bars}</span>`}${
    first && markup`<b>${first.token}</b><small>${first.percent}</small>`
  }${second && second.percent > 0 ? markup`<small>${second.token} ${second.percent}</small>` : undefined}</li>`;
}

/** Spaces and line breaks are what one would otherwise not see. */
function visibleToken(token: string): string {
  return token.replaceAll(" ", "␣").replaceAll("\n", "⏎").replaceAll("\t", "⇥");
}

function middleCut(text: string): string {
  if (text.length <= LONGEST_TEXT) return text;
  const half = LONGEST_TEXT / 2;
  return `${text.slice(0, half)}\n\n… ${text.length - LONGEST_TEXT} characters are not shown …\n\n${text.slice(-half)}`;
}
