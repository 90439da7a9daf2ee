/**
 * Pass@k over k, with intervals.
 *
 * @module
 */
import { defaultSizes } from "../../metrics/derive.ts";
import { passAtK } from "../../metrics/pass_at_k.ts";
import { estimateOverSeeds, joinSeeds, type SeedValues } from "../../metrics/seeds.ts";
import type { ArmSummary } from "../../summary/arms.ts";
import type { Summary } from "../../summary/summary.ts";
import { type Curve, curveFigure } from "../figures/curve_figure.ts";
import type { Markup } from "../markup.ts";
import type { ArmLook } from "../palette.ts";
import { figures, fold, lead, section } from "../parts.ts";
import { comparedArms } from "./rows.ts";

/** Pass@k on average and by dataset, computed from the counts; nothing for a single sample per problem. */
export function passAtKSection(summary: Summary, looks: readonly ArmLook[], id: string): Markup | undefined {
  if (summary.samples < 2) return undefined;
  const compared = comparedArms(summary, looks);
  const all = summary.arms.map((arm, i) => ({ arm, look: looks[i] }));
  return section(`${id}-passk`, "Pass@k", [
    lead(
      "The chance that at least one of k samples is correct, in percent, with 95 % intervals for new problems and, of " +
        "trained arms, new seeds. Where curves meet at large k, training has made right answers more frequent and not " +
        "found new ones.",
    ),
    passAtKFigures(summary, compared, `${id}-passk`, true),
    compared.length < all.length
      ? fold("Pass@k of every row, each in its own decoding", passAtKFigures(summary, all, `${id}-passk-all`, false))
      : undefined,
  ]);
}

function passAtKFigures(
  { datasets }: Summary,
  rows: readonly { arm: ArmSummary; look: ArmLook }[],
  id: string,
  banded: boolean,
): Markup {
  const names = datasets.map(({ name }) => name);
  const parts = [
    ...(names.length > 1 ? [{ title: `Mean over ${names.length} datasets`, chosen: [...names.keys()] }] : []),
    ...names.map((title, d) => ({ title, chosen: [d] })),
  ];
  return figures(parts.map(({ title, chosen }, p) => ({
    title,
    picture: curveFigure(
      `${id}-${p}`,
      rows.map(({ arm, look }) => passAtKCurve(arm, look, chosen, banded)),
      { x: "k, samples", percent: true, doubling: true },
      {
        title: `Pass@k, ${title}, by arm`,
        description: "One line per arm over k. Pass@1 and the largest k are in the tables by dataset.",
      },
    ),
  })));
}

function passAtKCurve(arm: ArmSummary, look: ArmLook, datasets: readonly number[], banded: boolean): Curve {
  const counts = datasets.map((d) => arm.results.map((result) => result.datasets[d].problems));
  const estimates = defaultSizes(counts.flat(2)).passAt.map((k) => {
    const values: SeedValues = counts.map((seeds) =>
      seeds.map((problems) => problems.map(({ n, c }) => passAtK(n, c, k)))
    );
    return { x: k, ...estimateOverSeeds(arm.trained ? values : joinSeeds(values)) };
  });
  return {
    ...look,
    points: estimates.map(({ x, value }) => ({ x, y: value })),
    ...(banded && { band: estimates }),
  };
}
