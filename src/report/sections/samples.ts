/**
 * The soft-thought viewer: one sample of each of a few problems as every arm thought it, under the same noise, beside
 * each other.
 *
 * @module
 */
import type { RecordedThought } from "../../evaluation/recorded_thought.ts";
import type { Sample } from "../../evaluation/sample.ts";
import { contentSha256 } from "../../result/serialize.ts";
import type { ArmSummary } from "../../summary/arms.ts";
import type { Summary } from "../../summary/summary.ts";
import { countText } from "../../text/numbers.ts";
import { thoughtStrip, thoughtTable } from "../figures/thought_strip.ts";
import { type Insert, type Markup, markup } from "../markup.ts";
import { type ArmLook, swatch } from "../palette.ts";
import { fold, lead, section, wide } from "../parts.ts";
import type { SampleSet, ShownProblem } from "../sample_sets.ts";
import type { ArmRow } from "./rows.ts";

/** Longer texts are cut in the middle. */
const LONGEST_TEXT = 6000;
/** Steps on the whole page, which are shared out among its thoughts, and the least that a thought gets. */
const MOST_STEPS = 16_000, LEAST_STEPS = 12;

/** What one arm made of a problem. */
interface Lane extends ArmRow {
  readonly shown: ShownProblem;
}

/** All samples, by dataset and problem; nothing where there are none. */
export function sampleSection(
  summary: Summary,
  looks: readonly ArmLook[],
  sets: readonly SampleSet[],
  id: string,
): Markup | undefined {
  const rows = new Map(
    summary.arms.flatMap((arm, i) =>
      arm.results.map((result) => [contentSha256(result), { arm, look: looks[i] }] as const)
    ),
  );
  const order = ({ arm }: ArmRow) => summary.arms.indexOf(arm);
  const own = sets.flatMap((set) => rows.has(set.result) ? [{ set, row: rows.get(set.result)! }] : [])
    .sort((a, b) => order(a.row) - order(b.row));
  if (own.length === 0) return undefined;
  const thoughts = own.flatMap(({ set }) => set.problems.filter(({ sample }) => sample.recorded !== undefined)).length;
  const most = Math.max(LEAST_STEPS, Math.floor(MOST_STEPS / Math.max(1, thoughts)));
  const seeds = [...new Set(own.map(({ set }) => set.seed))];
  const byDataset = Map.groupBy(own, ({ set }) => set.dataset);
  return section(`${id}-samples`, "Samples and soft thoughts", [
    lead(
      `One sample of each problem as every arm thought it, all under the same noise, of ${
        seeds.length === 1 ? `seed ${seeds[0]}` : `each arm's first seed`
      }. Each column is a step: the heaviest token fed with its weight in percent, below it the second, or (≈) the token ` +
        "that a noisy embedding is nearest to; H, the entropy of what the model expected before any filter; g, the Gumbel " +
        "noise of the heaviest token before any clamp. The noise decides: a token is drawn, or weighs most, where " +
        "log p + g is greatest. A step that is clicked, or reached by the arrow keys, is shown in numbers for all rows.",
    ),
    thoughts === 0
      ? markup`<p class="note">No thoughts were kept in these runs; <code>--keep-thoughts</code> says of how many problems.</p>`
      : undefined,
    markup`<div class="viewer">${
      [...byDataset].map(([dataset, ofDataset]) => [
        markup`<h3>${dataset}</h3>`,
        problemsOf(ofDataset).map((lanes, p) => problemBlock(lanes, most, p === 0 && dataset === own[0].set.dataset)),
      ])
    }</div>`,
  ]);
}

function problemsOf(own: readonly { set: SampleSet; row: ArmRow }[]): Lane[][] {
  const lanes = own.flatMap(({ set, row }) => set.problems.map((shown): Lane => ({ ...row, shown })));
  return [...Map.groupBy(lanes, ({ shown }) => shown.id).values()];
}

function problemBlock(lanes: readonly Lane[], most: number, open: boolean): Markup {
  const [{ shown: { id, question, gold } }] = lanes;
  const right = lanes.filter(({ shown }) => shown.sample.correct).length;
  const summary = markup`<b>${id}</b> ${
    question === undefined ? undefined : markup`<span class="mono">${middleCut(question)}</span>`
  }
<span class="soft">right in ${right} of ${countText(lanes.length, "row")}</span>`;
  const content = markup`${gold === undefined ? undefined : markup`<p>Reference answer: <code>${gold}</code></p>`}${
    wide(`Thoughts on ${id}`, lanes.map((lane) => laneBlock(lane, most)))
  }${lanes.map((lane) => laneNumbers(lane, most))}`;
  return markup`<details class="problem"${
    open ? markup` open` : undefined
  }><summary>${summary}</summary><div>${content}</div></details>`;
}

function laneBlock({ arm, look, shown: { sample, correct, total } }: Lane, most: number): Markup {
  const { recorded } = sample;
  const verdict = sample.correct ? "right" : sample.finish === "length" ? "cut off" : "wrong";
  const mark = sample.correct
    ? markup`<span class="verdict good">✓ right</span>`
    : markup`<span class="verdict bad">✗ ${verdict}</span>`;
  const facts = [
    ...(sample.correct && sample.finish === "length" ? ["cut off at the limit"] : []),
    countText(sample.tokens, "token"),
    `${correct} of ${total} samples right`,
  ];
  return markup`<div class="lane" data-arm="${arm.label}" data-verdict="${verdict}" data-groups="${
    groupsOf(arm)
  }"><div class="who">${swatch(look)}<b>${arm.label}</b>
<span class="range">${arm.decodingText}</span><span>${mark} ${answerText(sample)}</span>
<span class="range">${facts.join(" · ")}</span></div>${
    recorded === undefined || recorded.length === 0
      ? markup`<p class="note">${recorded === undefined ? "its thought was not kept" : "no thought"}</p>`
      : thoughtStrip(recorded.slice(0, most), `${arm.label}, step by step`)
  }</div>`;
}

/** How a reader may choose rows: those decoded alike, or each in its own way and the untrained one beside them. */
function groupsOf({ matched, own, trained }: ArmSummary): string {
  return [...(matched ? ["matched"] : []), ...(own || (matched && !trained) ? ["own"] : [])].join(" ");
}

/** What the strip leaves out: the numbers of every step, and the text. */
function laneNumbers({ arm, shown: { id, sample } }: Lane, most: number): Markup {
  const { recorded = [], text } = sample;
  return markup`<div class="numbers" data-arm="${arm.label}">${
    fold(markup`${arm.label}: every step in numbers, and the text`, [
      recorded.length === 0 ? undefined : thoughtTable(recorded.slice(0, most), `${arm.label} on ${id}.`),
      leftOutNote(recorded, most),
      markup`<pre>${middleCut(text)}</pre>`,
    ])
  }</div>`;
}

function leftOutNote(recorded: readonly RecordedThought[], most: number): Markup | undefined {
  return recorded.length > most
    ? markup`<p class="note">${recorded.length - most} further steps are not shown.</p>`
    : undefined;
}

function answerText({ answer, canonical, graderError, program, programDetail, reason }: Sample): Insert {
  if (graderError !== undefined) return markup`the grader failed: ${graderError}`;
  if (program === "none") return "no program found";
  if (program !== undefined) {
    return markup`its program ${program}${
      programDetail === undefined ? undefined : markup`: <code>${programDetail}</code>`
    }`;
  }
  if (answer === null) return "no answer found";
  return markup`<code>${answer}</code>${
    canonical === null || canonical === answer ? undefined : markup`, read as <code>${canonical}</code>`
  }${reason === undefined ? undefined : markup` <span class="soft">(${reason})</span>`}`;
}

function middleCut(text: string): string {
  if (text.length <= LONGEST_TEXT) return text;
  const half = LONGEST_TEXT / 2;
  return `${text.slice(0, half)}\n\n… ${text.length - LONGEST_TEXT} characters are not shown …\n\n${text.slice(-half)}`;
}
