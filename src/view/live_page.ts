/**
 * The page of an experiment under way: how far it is, its runs, its curves, its latest samples. Its parts are renewed one
 * by one where they change.
 *
 * @module
 */
import {
  endedRuns,
  millisecondsLeft,
  type RunProgress,
  runSize,
  workShare,
} from "../experiment/experiment_progress.ts";
import { type ArmRun, armRuns } from "../experiment/resolve.ts";
import { durationText } from "../progress.ts";
import { type Curve, curveFigure } from "../report/figures/curve_figure.ts";
import { type Insert, type Markup, markup } from "../report/markup.ts";
import { dataTable, figures, lead, section } from "../report/parts.ts";
import { armColour } from "../report/style.ts";
import { countText, NOTHING, percentText } from "../text/numbers.ts";
import type { CurvePoint } from "../training/curve.ts";
import type { WatchedCurve, WatchedRun, WatchedSample } from "./run_reader.ts";

/** Where the parts of the page's own are. */
export const PATHS = { script: "/live.js", style: "/style.css", icon: "/icon.svg", state: "/state", report: "/report" };

/** What the page is made of. */
export interface LivePage {
  /** All run folders, the one that changed last first. */
  readonly names: readonly string[];
  readonly run: WatchedRun;
  readonly curves: Markup | undefined;
  readonly samples: readonly WatchedSample[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What there is to say where nothing can be shown, in the place of a page's parts. */
export function messageParts(text: string): Markup[] {
  const message = markup`<header><h1>Nothing to show</h1><p>${text}</p></header>`;
  return [part("head", message), ...["runs", "curves", "samples", "others"].map((name) => part(name, undefined))];
}

/** The whole document around its parts. */
export function liveDocument(title: string, parts: Insert): string {
  return `<!DOCTYPE html>\n${markup`<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · live · soft-grpo-bench</title>
<link rel="icon" href="${PATHS.icon}"><link rel="stylesheet" href="${PATHS.style}">
<script src="${PATHS.script}" defer></script></head><body><main>
${parts}</main>
<footer>Read-only, from files of this machine, on this machine alone. <span id="connection" role="status"></span></footer>
</body></html>`}\n`;
}

/** The parts of the page, each with an id by which it is renewed. */
export function liveParts({ names, run, curves, samples, now }: LivePage): Markup[] {
  return [
    headPart(run, now),
    part("runs", runSection(run)),
    part("curves", curves),
    part("samples", sampleSection(samples)),
    part("others", otherSection(names, run.name)),
  ];
}

function part(name: string, content: Insert): Markup {
  return markup`<div id="live-${name}">${content}</div>
`;
}

function headPart(run: WatchedRun, now: number): Markup {
  const { config, progress } = run;
  const facts = [
    countText(config.arms.length, "arm"),
    countText(config.seeds.length, "seed"),
    countText(config.datasets.length, "dataset"),
    ...(progress === undefined ? [] : [progress.backend]),
  ];
  return part(
    "head",
    markup`<header><h1>${config.name} <span class="soft">on ${config.model}</span></h1>
<p class="lead" role="status"><b>${stateText(run)}</b></p>
${progress === undefined ? lead("How far it is was not recorded.") : progressBar(run, now)}
<p class="soft">${facts.join(", ")}; folder <code>${run.name}</code>.
<a href="${PATHS.report}?run=${encodeURIComponent(run.name)}">Report of what is finished</a></p></header>`,
  );
}

/** `running`, `finished`, `not running since …`: what changes rarely. */
function stateText({ working, progress, changedAt }: WatchedRun): string {
  const failed = progress?.runs.filter(({ state }) => state === "failed").length ?? 0;
  const failures = failed === 0 ? "" : `, ${countText(failed, "run")} failed`;
  if (progress !== undefined && endedRuns(progress) === progress.runs.length) return `Finished${failures}`;
  if (working) return `Running${failures}`;
  const since = new Date(changedAt).toISOString().replace("T", " ").slice(0, "YYYY-MM-DD HH:MM:SS".length);
  return `Not running since ${since} UTC${failures}; the same command continues`;
}

function progressBar({ working, progress }: WatchedRun, now: number): Markup | undefined {
  if (progress === undefined) return undefined;
  const ended = endedRuns(progress);
  const share = workShare(progress);
  const left = millisecondsLeft(progress);
  const took = Date.parse(progress.at) - Date.parse(progress.startedAt);
  const quiet = now - Date.parse(progress.at);
  const texts = [
    `${ended}/${countText(progress.runs.length, "run")}`,
    `${percentText(share)} % of the work`,
    ...(working && ended < progress.runs.length
      ? [left === undefined ? "time left unknown" : `${durationText(left)} left`]
      : []),
    `${durationText(took)} in this session`,
    ...(working && quiet > LONG_QUIET_MS ? [`nothing heard for ${durationText(quiet)}`] : []),
  ];
  return markup`<p><progress class="whole" max="1" value="${
    share.toFixed(3)
  }" aria-label="Part of the work that is done"></progress></p>
<p>${texts.join(" · ")}</p>`;
}

/** Longer than a run writes nothing on a small model. */
const LONG_QUIET_MS = 60_000;

function runSection({ config, progress }: WatchedRun): Markup | undefined {
  if (progress === undefined) return undefined;
  const rows = armRuns(config).map((run, i) => runRow(run, progress.runs[i], runSize(config, run, progress.problems)));
  return section("runs", "Runs", [
    dataTable({
      caption: "Each arm under each seed. Right so far: of the samples graded in this session, over all decodings.",
      head: ["arm", "seed", { content: "state", className: "text" }, "steps", "samples", "right so far"],
      rows,
    }),
  ]);
}

function runRow({ arm, seed }: ArmRun, progress: RunProgress, size: ReturnType<typeof runSize>): Insert[] {
  const { state, steps, samples, correct, error } = progress;
  // A finished run that was not seen being evaluated was evaluated all the same.
  const seen = samples > 0 ? `${samples}/${size.samples}` : state === "finished" ? String(size.samples) : NOTHING;
  return [
    arm.label,
    seed,
    error === undefined ? state : `${state}: ${error}`,
    size.steps === 0 ? NOTHING : `${steps}/${size.steps}`,
    seen,
    samples > 0 ? `${percentText(correct / samples)} %` : NOTHING,
  ];
}

/** What is drawn of training, where a step has it. */
const FIGURES = [
  { key: "correct", heading: "Right answers, percent", percent: true },
  { key: "reward", heading: "Mean reward", percent: false },
  { key: "tokens", heading: "Tokens a completion", percent: false },
  { key: "entropy", heading: "Entropy at scored positions, nats", percent: false },
  { key: "gradientNorm", heading: "Gradient norm before clipping", percent: false },
  { key: "truncated", heading: "Completions cut off, percent", percent: true },
] as const;
/** More would not be told apart. */
const MOST_POINTS = 150;

/** The curves so far, an arm in one colour under all seeds; nothing before the second step of any. */
export function curveSection(curves: readonly WatchedCurve[]): Markup | undefined {
  const drawn = curves.filter(({ points }) => points.length > 1);
  if (drawn.length === 0) return undefined;
  const labels = [...new Set(drawn.map(({ run }) => run.arm.label))];
  const has = (key: string) => drawn.some(({ points }) => points.some((point) => (point[key] ?? 0) !== 0));
  return section("curves", "Training so far", [
    markup`<ul class="legend">${
      labels.map((label, i) =>
        markup`<li><svg width="26" height="10" aria-hidden="true"><line x1="0" x2="22" y1="5" y2="5" stroke="${
          armColour(true, i)
        }" stroke-width="2.5"/></svg>${label}</li>`
      )
    }</ul>`,
    figures(
      FIGURES.filter(({ key }) => has(key)).map(({ key, heading, percent }) => ({
        title: heading,
        picture: curveFigure(
          `curve-${key}`,
          drawn.map(({ run, points }): Curve => ({
            label: `${run.arm.label}, seed ${run.seed}`,
            colour: armColour(true, labels.indexOf(run.arm.label)),
            dash: "none",
            points: thin(points.flatMap((point) => point[key] === undefined ? [] : [{ x: point.step, y: point[key] }])),
          })),
          { x: "training step", percent, doubling: false },
          { title: `${heading} over training steps`, description: lastText(drawn, key) },
        ),
      })),
    ),
  ]);
}

function lastText(curves: readonly WatchedCurve[], key: string): string {
  const texts = curves.flatMap(({ run, points }) => {
    const last: CurvePoint | undefined = points.at(-1);
    return last?.[key] === undefined
      ? []
      : [`${run.arm.label}, seed ${run.seed}, step ${last.step}: ${Number(last[key].toPrecision(3))}`];
  });
  return `So far: ${texts.join("; ")}.`;
}

/** Every so many, the last one included. */
function thin<Point>(points: readonly Point[]): Point[] {
  const every = Math.ceil(points.length / MOST_POINTS);
  return points.filter((_, i) => i % every === 0 || i === points.length - 1);
}

/** Longer texts are cut. */
const LONGEST_TEXT = 2000;

function sampleSection(samples: readonly WatchedSample[]): Markup | undefined {
  if (samples.length === 0) return undefined;
  const [{ evaluation, dataset }] = samples;
  return section("samples", "Latest samples", [
    lead(`Of ${evaluation} on ${dataset}, as they were written and graded; the latest first.`),
    samples.map(({ problem, sample, text, answer, correct, tokens, finish }) => {
      const facts = [
        problem,
        `sample ${sample}`,
        countText(tokens, "token"),
        ...(finish === "length" ? ["cut off"] : []),
      ];
      return markup`<article class="sample">${
        correct ? markup`<span class="verdict good">✓ correct</span>` : markup`<span class="verdict bad">✗ wrong</span>`
      }
<span class="soft">${facts.join(" · ")} · ${
        answer === null ? "no answer found" : markup`answer <code>${answer}</code>`
      }</span>
<pre>${text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)} …` : text}</pre></article>`;
    }),
  ]);
}

function otherSection(names: readonly string[], shown: string): Markup | undefined {
  const others = names.filter((name) => name !== shown);
  if (others.length === 0) return undefined;
  return section("others", "Other run folders", [
    markup`<ul>${others.map((name) => markup`<li><a href="/?run=${encodeURIComponent(name)}">${name}</a></li>`)}</ul>`,
  ]);
}
