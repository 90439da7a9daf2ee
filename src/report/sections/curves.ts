/**
 * Training over its steps.
 *
 * @module
 */
import { mean } from "../../metrics/estimate.ts";
import type { ArmSummary } from "../../summary/arms.ts";
import type { Summary } from "../../summary/summary.ts";
import { type Curve, type CurveAxes, curveFigure } from "../figures/curve_figure.ts";
import { type Markup, markup } from "../markup.ts";
import type { ArmLook } from "../palette.ts";
import { figures, lead, section } from "../parts.ts";
import type { CurvePoint } from "../../training/curve.ts";

/** A figure of training. */
interface TrainingFigure {
  readonly key: string;
  readonly heading: string;
  /** Whether it is a share. */
  readonly percent: boolean;
  /** Drawn only where no curve has that one. */
  readonly inPlaceOf?: string;
  /** How its axis grows; default equal steps. */
  readonly growth?: CurveAxes["growth"];
}

/** What is drawn of training where it is not zero throughout; what is, is said in a sentence. */
const FIGURES: readonly TrainingFigure[] = [
  { key: "correct", heading: "Right answers, percent", percent: true },
  // Earlier curves have rewards alone, as shares of what a right answer is paid; today's differ in unit between arms.
  { key: "reward", heading: "Mean reward, percent", percent: true, inPlaceOf: "correct" },
  { key: "validationPassAt1", heading: "Pass@1 of the validation subset, percent", percent: true },
  { key: "loss", heading: "Loss", percent: false, growth: "signed-factors" },
  { key: "gradientNorm", heading: "Gradient norm before clipping", percent: false, growth: "factors" },
  { key: "kl", heading: "Divergence to the reference (KL), nats", percent: false },
  { key: "entropy", heading: "Entropy at scored positions, nats", percent: false },
  { key: "topWeight", heading: "Softness: heaviest entry of a thought, mean", percent: false },
  { key: "mismatchMax", heading: "Largest mismatch of sampler and trainer, nats", percent: false },
  { key: "mismatchMean", heading: "Mean mismatch of sampler and trainer, nats", percent: false },
  { key: "ratio", heading: "Ratio of new to old policy, mean", percent: false },
  { key: "clipped", heading: "Positions at which the ratio is clipped, percent", percent: true },
  { key: "equalGroups", heading: "Groups of equal reward, percent", percent: true },
  { key: "tokens", heading: "Tokens a completion", percent: false },
  { key: "thoughtTokens", heading: "Tokens before the end of thinking", percent: false },
  { key: "truncated", heading: "Completions cut off, percent", percent: true },
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
  const wanted = FIGURES.filter(({ inPlaceOf }) =>
    inPlaceOf === undefined || !points.some((point) => inPlaceOf in point)
  );
  const valuesOf = (key: string) => points.flatMap((point) => point[key] ?? []);
  const constantOf = ({ key }: TrainingFigure) => {
    const [first, ...others] = valuesOf(key);
    return others.every((value) => value === first) ? first : undefined;
  };
  const shown = wanted.filter((figure) => valuesOf(figure.key).length > 0 && constantOf(figure) === undefined);
  return section(`${id}-training`, "Training", [
    lead("Thick: mean over seeds, smoothed over a twentieth of the steps. Thin: single seeds as they were."),
    figures(shown.map(({ key, heading, percent, growth = "equal" }, f) => ({
      title: heading,
      more: AXIS_NOTES[growth],
      picture: curveFigure(
        `${id}-training-${f}`,
        trained.flatMap(({ arm, look }) => trainingCurves(arm, look, key)),
        { x: "training step", percent, doubling: false, growth },
        {
          title: `${heading} over training steps, by arm`,
          description: lastValues(trained.map(({ arm }) => arm), key),
        },
      ),
    }))),
    constantsNote(
      wanted.map((figure) => ({ figure, value: constantOf(figure), absent: valuesOf(figure.key).length === 0 })),
    ),
  ]);
}

const AXIS_NOTES: Readonly<Record<NonNullable<CurveAxes["growth"]>, string>> = {
  equal: "",
  factors: " · axis by factors of ten",
  "signed-factors": " · axis by factors of ten on both sides of zero",
};

/** What would be a flat line, and what no curve has. */
function constantsNote(
  all: readonly { figure: TrainingFigure; value: number | undefined; absent: boolean }[],
): Markup | undefined {
  const name = ({ heading }: TrainingFigure) => heading.replace(/, percent$/, "");
  const constant = all.flatMap(({ figure, value }) => value === undefined ? [] : [`${name(figure)}: ${value}`]);
  const absent = all.filter((one) => one.absent).map(({ figure }) => name(figure));
  const sentences = [
    ...(constant.length > 0 ? [`The same in every step of every arm: ${constant.join("; ")}.`] : []),
    ...(absent.length > 0 ? [`Not measured in these runs: ${absent.join("; ")}.`] : []),
  ];
  return sentences.length === 0 ? undefined : markup`<p class="note">${sentences.join(" ")}</p>`;
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
