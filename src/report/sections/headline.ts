/**
 * The first screen: what came out in one sentence, how sure it is, and the picture of it.
 *
 * @module
 */
import { headline } from "../../summary/headline.ts";
import type { Summary } from "../../summary/summary.ts";
import { countText } from "../../text/numbers.ts";
import { intervalFigure } from "../figures/interval_figure.ts";
import { type Markup, markup } from "../markup.ts";
import type { ArmLook } from "../palette.ts";
import { wide } from "../parts.ts";
import { comparedArms } from "./rows.ts";
import { seedMeans } from "./scores.ts";

/** The headline with its figure; nothing where nothing trained can be compared. */
export function headlineBlock(summary: Summary, looks: readonly ArmLook[], id: string): Markup | undefined {
  const result = headline(summary);
  if (result === undefined) return undefined;
  const { sentence, compared, figure, of, interval, sureness } = result;
  const [metric] = summary.metrics;
  const picture = intervalFigure(
    `${id}-headline-figure`,
    comparedArms(summary, looks).map(({ arm, look }) => ({
      look,
      estimate: arm.average.get(metric.name)!,
      bySeed: seedMeans(arm, metric),
    })),
    {
      title: `${metric.name}, mean over datasets, by arm`,
      description: "One row per arm, with intervals; the same numbers are in the tables below.",
    },
  );
  return markup`<div class="headline"><div><p class="result">${sentence}</p>
<p>${compared}</p>
<p class="quote"><b>${figure}</b><span>${of}</span><span>${interval}</span></p>
<p>${sureness}</p><p class="soft">${scope(summary)}</p></div>
<figure><figcaption><b>${metric.name}: percent of answers that are right</b></figcaption>${
    wide(`Figure: ${metric.name}`, picture)
  }<p class="note">Big dot: mean over ${
    countText(summary.datasets.length, "dataset")
  }. Thick line: 95 % interval for new
problems; thin line: for newly trained seeds too. Small dots: single seeds.</p></figure></div>`;
}

/** Of what it says nothing. */
function scope({ arms: [{ results: [{ model }] }], seeds, datasets }: Summary): string {
  const size = model.parameters === null ? "" : ` of ${(model.parameters / 1e6).toPrecision(2)} M parameters`;
  return `Limits: one model${size}, ${countText(seeds, "training seed")}, ${
    countText(datasets.length, "dataset")
  }; it says nothing of others.`;
}
