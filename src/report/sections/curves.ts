/**
 * Pass@k over k, and training over its steps.
 *
 * @module
 */
import { defaultSizes } from "../../metrics/derive.ts";
import { mean } from "../../metrics/estimate.ts";
import { passAtK } from "../../metrics/pass_at_k.ts";
import type { ArmSummary } from "../../summary/arms.ts";
import type { Summary } from "../../summary/summary.ts";
import { type Curve, curveFigure } from "../figures/curve_figure.ts";
import type { Markup } from "../markup.ts";
import { type ArmLook, legend } from "../palette.ts";
import { figures, lead, section } from "../parts.ts";
import type { CurvePoint } from "../../training/curve.ts";

/** Pass@k by dataset, computed from the counts; nothing for a single sample per problem. */
export function passAtKSection({ arms, datasets, samples }: Summary, looks: readonly ArmLook[], id: string) {
  if (samples < 2) return undefined;
  return section(`${id}-passk`, "Pass@k", [
    lead(
      "The chance that at least one of k samples is correct. Where curves meet at large k, training has made right " +
        "answers more frequent and not found new ones.",
    ),
    legend(looks),
    figures(datasets.map(({ name }, d) => ({
      title: name,
      more: ", percent",
      picture: curveFigure(
        `${id}-passk-${d}`,
        arms.map((arm, i) => ({ ...looks[i], points: passAtKPoints(arm, d) })),
        { x: "k, samples", percent: true, doubling: true },
        {
          title: `Pass@k on ${name}, by arm`,
          description: "One line per arm over k. Pass@1 and the largest k are in the tables by dataset.",
        },
      ),
    }))),
  ]);
}

function passAtKPoints(arm: ArmSummary, dataset: number) {
  const bySeed = arm.results.map((result) => result.datasets[dataset].problems);
  const sizes = defaultSizes(bySeed.flat()).passAt;
  return sizes.map((k) => ({
    x: k,
    y: mean(bySeed.map((problems) => mean(problems.map(({ n, c }) => passAtK(n, c, k))))),
  }));
}

/** A figure of training. */
interface TrainingFigure {
  readonly key: string;
  readonly heading: string;
  /** Whether it is a share. */
  readonly percent: boolean;
  /** Drawn only where no curve has that one. */
  readonly inPlaceOf?: string;
}

/** What is drawn of training where it is not zero throughout. */
const FIGURES: readonly TrainingFigure[] = [
  { key: "correct", heading: "Right answers, percent", percent: true },
  // Earlier curves have rewards alone, as shares of what a right answer is paid; today's differ in unit between arms.
  { key: "reward", heading: "Mean reward, percent", percent: true, inPlaceOf: "correct" },
  { key: "validationPassAt1", heading: "Pass@1 of the validation subset, percent", percent: true },
  { key: "tokens", heading: "Tokens a completion", percent: false },
  { key: "thoughtTokens", heading: "Tokens before the end of thinking", percent: false },
  { key: "entropy", heading: "Entropy at scored positions, nats", percent: false },
  { key: "topWeight", heading: "Heaviest entry of a thought, mean", percent: false },
  { key: "truncated", heading: "Completions cut off, percent", percent: true },
  { key: "equalGroups", heading: "Groups of equal reward, percent", percent: true },
  { key: "gradientNorm", heading: "Gradient norm before clipping", percent: false },
  { key: "kl", heading: "Divergence to the reference, nats", percent: false },
  { key: "ratio", heading: "Ratio of new to old policy, mean", percent: false },
  { key: "clipped", heading: "Positions at which the ratio is clipped, percent", percent: true },
  { key: "mismatchMax", heading: "Largest mismatch of sampler and trainer, nats", percent: false },
];

/** A curve is smoothed over this share of its steps. */
const SMOOTHING = 0.05;
const MOST_POINTS = 150;

/** Training curves: the mean over seeds, smoothed, over each seed's own; nothing where no arm was trained. */
export function trainingSection({ arms }: Summary, looks: readonly ArmLook[], id: string): Markup | undefined {
  // One model may have been decoded in several ways; it was trained once.
  const first = new Map(arms.map((arm, i) => [arm.trainedAs ?? arm.label, i] as const).toReversed());
  const trained = arms.map((arm, i) => ({
    arm,
    i,
    look: { ...looks[i], label: arm.trainedAs ?? arm.label, dash: "none" },
  }))
    .filter(({ arm, i }) =>
      first.get(arm.trainedAs ?? arm.label) === i && arm.results.some((result) => result.training.curve.length > 1)
    );
  if (trained.length === 0) return undefined;
  const points = trained.flatMap(({ arm }) => arm.results.flatMap(({ training }) => training.curve));
  const drawn = (key: string) => points.some((point) => (point[key] ?? 0) !== 0);
  const shown = FIGURES.filter(({ key, inPlaceOf }) =>
    drawn(key) && (inPlaceOf === undefined || !points.some((point) => inPlaceOf in point))
  );
  return section(`${id}-training`, "Training", [
    lead("Thick: mean over seeds, smoothed over a twentieth of the steps. Thin: single seeds as they were."),
    legend(trained.map(({ look }) => look)),
    figures(shown.map(({ key, heading, percent }, f) => ({
      title: heading,
      picture: curveFigure(
        `${id}-training-${f}`,
        trained.flatMap(({ arm, look }) => trainingCurves(arm, look, key)),
        { x: "training step", percent, doubling: false },
        {
          title: `${heading} over training steps, by arm`,
          description: lastValues(trained.map(({ arm }) => arm), key),
        },
      ),
    }))),
  ]);
}

function trainingCurves(arm: ArmSummary, look: ArmLook, key: string): Curve[] {
  const seeds = arm.results.map(({ training }) => figurePoints(training.curve, key)).filter((seed) => seed.length > 1);
  if (seeds.length === 0) return [];
  // A figure may be absent in a step of one seed: the mean is over steps that all have.
  const bySeed = seeds.map((points) => new Map(points.map(({ x, y }) => [x, y])));
  const steps = seeds[0].map(({ x }) => x).filter((x) => bySeed.every((seed) => seed.has(x)));
  const center = smooth(steps.map((x) => mean(bySeed.map((seed) => seed.get(x)!))));
  return [
    ...seeds.map((points) => ({ ...look, points: thin(points), faint: true })),
    { ...look, points: thin(center.map((y, i) => ({ x: steps[i], y }))) },
  ];
}

function figurePoints(curve: readonly CurvePoint[], key: string) {
  return curve.flatMap((point) => {
    const y = point[key];
    return y === undefined || !Number.isFinite(y) ? [] : [{ x: point.step, y }];
  });
}

/** A centered moving mean. */
function smooth(values: readonly number[]): number[] {
  const reach = Math.floor((SMOOTHING * values.length) / 2);
  return values.map((_, i) => mean(values.slice(Math.max(0, i - reach), i + reach + 1)));
}

/** Every so many points, the last one included. */
function thin<Point>(points: readonly Point[]): Point[] {
  const every = Math.ceil(points.length / MOST_POINTS);
  return points.filter((_, i) => i % every === 0 || i === points.length - 1);
}

function lastValues(arms: readonly ArmSummary[], key: string): string {
  const texts = arms.flatMap((arm) => {
    const last = arm.results.map(({ training }) => training.curve.at(-1)?.[key]).filter((y) => y !== undefined);
    return last.length === 0 ? [] : [`${arm.label} ${Number(mean(last).toPrecision(3))}`];
  });
  return texts.length === 0 ? "No arm has it at the last step." : `At the last step: ${texts.join(", ")}.`;
}
