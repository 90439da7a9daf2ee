/**
 * The report: one self-contained HTML page, which may load nothing and runs one script of its own, known by its hash.
 *
 * @module
 */
import { type Finding, findings } from "../summary/findings.ts";
import { countText } from "../text/numbers.ts";
import type { SampleSet } from "./sample_sets.ts";
import { statements } from "../summary/statements.ts";
import { datasetsText, summarize, type Summary } from "../summary/summary.ts";
import { type Markup, markup, markupOf } from "./markup.ts";
import { type ArmLook, armLooks } from "./palette.ts";
import { section } from "./parts.ts";
import { SCRIPT, SCRIPT_HASH } from "./script.ts";
import { attributionSection, matchedSection, softnessSection } from "./sections/attribution.ts";
import { differenceSection } from "./sections/comparisons.ts";
import { trainingSection } from "./sections/curves.ts";
import { GLOSSARY } from "./sections/glossary.ts";
import { headlineBlock } from "./sections/headline.ts";
import { passAtKSection } from "./sections/pass_at_k.ts";
import { problemSection } from "./sections/problems.ts";
import { provenanceSection } from "./sections/provenance.ts";
import { sampleSection } from "./sections/samples.ts";
import { averageSection, datasetSection } from "./sections/scores.ts";
import { STYLE } from "./style.ts";
import type { Result } from "../result/types.ts";

/** What a page is made from. */
export interface ReportInput {
  readonly results: readonly Result[];
  /** Samples by experiment: those of results that are among `results`. */
  readonly samples: readonly SampleSet[];
}

/**
 * Writes the page.
 *
 * Text from results and samples is escaped wherever it stands, and the page's own policy forbids requests and every script
 * but the page's, without which it is whole: that sorts, filters and finds.
 */
export function reportPage({ results, samples }: ReportInput): string {
  const summaries = summarize(results);
  const failed = results.filter(({ status }) => status === "failed");
  // A method has one colour on the whole page.
  const arms = summaries.flatMap((summary) => summary.arms);
  const looks = new Map(armLooks(arms).map((look, i) => [arms[i], look]));
  const title = summaries.length === 1 ? `${summaries[0].experiment} on ${summaries[0].model}` : "Results";
  return `<!DOCTYPE html>\n${markup`<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · soft-grpo-bench</title>
<style>${markupOf(STYLE)}</style></head><body><main>
${summaries.map((summary, i) => experimentPart(summary, summary.arms.map((arm) => looks.get(arm)!), samples, `e${i}`))}
${failed.length === 0 ? undefined : failedPart(failed)}${GLOSSARY}</main>
<footer>Made by soft-grpo-bench from ${countText(results.length, "result file")}. All figures follow from the counts of
correct samples per problem in those files.</footer><script>${markupOf(SCRIPT)}</script></body></html>`}\n`;
}

/** No request, and no script but the page's own, whatever a model may have written. */
const POLICY = `default-src 'none'; style-src 'unsafe-inline'; script-src '${SCRIPT_HASH}'; base-uri 'none'; ` +
  "form-action 'none'";

function experimentPart(
  summary: Summary,
  looks: readonly ArmLook[],
  samples: readonly SampleSet[],
  id: string,
): Markup {
  const results = summary.arms.flatMap((arm) => arm.results);
  const parts: [anchor: string, name: string, part: Markup | undefined][] = [
    ["matched", "Matched decoding", matchedSection(summary, looks, id)],
    ["attribution", "What does what", attributionSection(summary, looks, id)],
    [
      "average",
      summary.attribution.length > 0 ? "As published" : "Mean over datasets",
      averageSection(summary, looks, id),
    ],
    ["softness", "Softness", softnessSection(summary, looks, id)],
    ["differences", "Differences", summary.attribution.length > 0 ? undefined : differenceSection(summary, id)],
    ["datasets", "By dataset", summary.datasets.length > 1 ? datasetSection(summary, looks, id) : undefined],
    ["passk", "Pass@k", passAtKSection(summary, looks, id)],
    ["problems", "Problem by problem", problemSection(summary, looks, id)],
    ["training", "Training", trainingSection(summary, looks, id)],
    ["samples", "Samples and soft thoughts", sampleSection(summary, looks, samples, id)],
    ["provenance", "Provenance", provenanceSection(results, id)],
  ];
  const present = parts.filter(([, , part]) => part !== undefined);
  return markup`<article aria-labelledby="${id}"><header>
<h1 id="${id}">${summary.experiment} <span class="soft">on ${summary.model}</span></h1>
<p class="lead">${description(summary)}</p>${warnings(summary, results)}${headlineBlock(summary, looks, id)}
<nav aria-label="Parts of ${summary.experiment}"><ul>${
    present.map(([anchor, name]) => markup`<li><a href="#${id}-${anchor}">${name}</a></li>`)
  }</ul></nav></header>
${summary.attribution.length > 0 ? statementList(statements(summary)) : findingList(findings(summary))}${
    present.map(([, , part]) => part)
  }</article>`;
}

function description(summary: Summary): string {
  const { arms, samples } = summary;
  const [{ results: [{ experiment, status, device, code }] }] = arms;
  const own = experiment.config.description;
  const origin = status === "imported" ? "counts that others published" : `${device.backend}, version ${code.version}`;
  const facts = `${countText(arms.length, "arm")}, ${datasetsText(summary)}, ` +
    `${countText(samples, "sample")} per problem; ${origin}.`;
  return typeof own === "string" && own !== ""
    ? `${own[0].toUpperCase()}${own.slice(1).replace(/\.?$/, ".")} ${facts}`
    : facts;
}

function warnings(summary: Summary, results: readonly Result[]): Markup | undefined {
  const texts = [
    ...(summary.smoke ? ["A smoke run on a few problems: good for trying things out, not for conclusions."] : []),
    ...(results.some(({ code }) => code.dirty)
      ? ["Some results were made by code with changes that are in no commit."]
      : []),
    ...(results.some(({ overlap }) => overlap.sharedWithEvaluation > 0)
      ? ["Some evaluation problems occur in the training set; see Provenance."]
      : []),
    ...(summary.superseded > 0
      ? [`${countText(summary.superseded, "older result")} of the same arm and seed left out.`]
      : []),
  ];
  return texts.length === 0
    ? undefined
    : markup`<div class="warning" role="note">${texts.map((text) => markup`<p>${text}</p>`)}</div>`;
}

function statementList(list: readonly string[]): Markup | undefined {
  if (list.length === 0) return undefined;
  return markup`<ul class="findings" role="list" aria-label="Findings">${
    list.map((text) => markup`<li>${text}</li>`)
  }</ul>`;
}

function findingList(list: readonly Finding[]): Markup | undefined {
  if (list.length === 0) return undefined;
  const items = list.map(({ direction, arm, reference, verdict }) =>
    markup`<li class="${direction}"><b>${arm}</b> against ${reference}: ${verdict}</li>`
  );
  return markup`<ul class="findings" role="list" aria-label="Findings">${items}</ul>
<p class="note">Percentage points of the mean over datasets. “As trained here”: the trained models differ, but seeds are
too few or too far apart to say it of the algorithms.</p>`;
}

function failedPart(failed: readonly Result[]): Markup {
  const items = failed.map(({ experiment, arm, error }) =>
    markup`<li>${experiment.name}, ${arm.label}, seed ${arm.seed}: <code>${error}</code></li>`
  );
  return section("failed", "Failed", markup`<ul>${items}</ul>`);
}
