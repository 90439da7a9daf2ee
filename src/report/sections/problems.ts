/**
 * The problems that make a score: a map by dataset, and each arm against its reference, dot by dot.
 *
 * @module
 */
import { mean } from "../../metrics/estimate.ts";
import type { ArmSummary } from "../../summary/arms.ts";
import type { Summary } from "../../summary/summary.ts";
import { pairedFigure } from "../figures/paired_figure.ts";
import { mapScale, problemMap } from "../figures/problem_map.ts";
import { type Markup, markup } from "../markup.ts";
import type { ArmLook } from "../palette.ts";
import { figures, lead, section, wide } from "../parts.ts";

/** Problem by problem. */
export function problemSection(summary: Summary, looks: readonly ArmLook[], id: string): Markup {
  return section(`${id}-problems`, "Problem by problem", [
    lead(
      "One column per problem, from hard to easy; the darker, the more of its samples are correct. " +
        "An empty column is a problem that no arm ever solves.",
    ),
    mapScale(`${id}-map-scale`),
    ...summary.datasets.map(({ name }, d) => datasetMap(summary.arms, name, d, `${id}-map-${d}`)),
    pairedFigures(summary, looks, id),
  ]);
}

function datasetMap(arms: readonly ArmSummary[], name: string, dataset: number, id: string): Markup {
  const shares = arms.map((arm) => problemShares(arm, dataset));
  const ease = shares[0].map((_, i) => mean(shares.map((row) => row[i])));
  const order = ease.map((_, i) => i).sort((a, b) => ease[a] - ease[b] || a - b);
  const rows = arms.map(({ label }, i) => ({ label, shares: order.map((problem) => shares[i][problem]) }));
  const picture = problemMap(id, rows, {
    title: `Share of correct samples on each problem of ${name}`,
    description: "One row per arm, one column per problem, sorted from hard to easy.",
  });
  return markup`<figure><figcaption><b>${name}</b></figcaption>${wide(`Map of ${name}`, picture)}</figure>`;
}

function pairedFigures({ arms, differences, datasets }: Summary, looks: readonly ArmLook[], id: string) {
  const armOf = (label: string) => arms.findIndex((arm) => arm.label === label);
  const pairs = differences.filter(({ metric, arm }) => metric.name === "Pass@1" && arms[armOf(arm)].trained);
  if (pairs.length === 0) return undefined;
  return [
    lead(
      "Each dot is a problem: left to right, the share of its samples that the reference solves; upwards, that the " +
        "arm solves. Above the line the arm is better.",
    ),
    figures(pairs.map(({ arm, reference }, p) => {
      const [own, other] = [armOf(arm), armOf(reference)];
      const problems = datasets.flatMap((_, d) => {
        const before = problemShares(arms[other], d);
        return problemShares(arms[own], d).map((share, i) => ({ arm: share, reference: before[i] }));
      });
      const above = problems.filter((problem) => problem.arm > problem.reference).length;
      const below = problems.filter((problem) => problem.arm < problem.reference).length;
      return {
        title: arm,
        more: ` against ${reference}`,
        picture: pairedFigure(`${id}-paired-${p}`, problems, { arm, reference, colour: looks[own].colour }, {
          title: `${arm} against ${reference}, problem by problem`,
          description: `Of ${problems.length} problems, ${above} are solved more often by ${arm}, ${below} less often.`,
        }),
      };
    })),
  ];
}

/** (P), Pass@1 of each problem, mean over seeds. */
function problemShares(arm: ArmSummary, dataset: number): number[] {
  const seeds = arm.values.get("Pass@1")![dataset];
  return seeds[0].map((_, i) => mean(seeds.map((problems) => problems[i])));
}
