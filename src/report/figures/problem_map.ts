/**
 * A cell per problem and arm, darker the more often it is solved: where arms agree, and which problems none solves.
 *
 * @module
 */
import { type Markup, markup } from "../markup.ts";
import { type PictureText, svgPicture } from "../plot.ts";
import { labelWidth } from "./end_labels.ts";

/** One row: shares of correct samples in [0, 1], problems in the same order in every row. */
export interface MapRow {
  readonly label: string;
  readonly shares: readonly number[];
}

const SHADES = 8;
const ROW = 18;
const WIDTH = 1080;
const WIDEST_CELL = 20;
const GAP = 0.6;
const LABEL_GAP = 8;

/** Cells of a shade are one path, so that a thousand problems stay small. */
export function problemMap(id: string, rows: readonly MapRow[], text: PictureText): Markup {
  const problems = rows[0].shares.length;
  const left = labelWidth(rows.map(({ label }) => label)) + LABEL_GAP;
  const cell = Math.min(WIDEST_CELL, (WIDTH - left) / problems);
  const width = left + cell * problems;
  const height = rows.length * ROW + 2;
  const shades = Array.from({ length: SHADES }, () => "");
  const box = short(Math.max(cell - GAP, 0.8 * cell));
  rows.forEach(({ shares }, y) =>
    shares.forEach((share, x) => {
      if (share === 0) return;
      const shade = Math.min(SHADES - 1, Math.floor(share * SHADES));
      shades[shade] += `M${short(left + x * cell)} ${y * ROW + 1}h${box}v${ROW - 3}h-${box}z`;
    })
  );
  const background = markup`<rect x="${left}" width="${
    short(cell * problems)
  }" height="${height}" fill="var(--panel)"/>`;
  const labels = rows.map(({ label }, y) =>
    markup`<text x="${left - LABEL_GAP}" y="${y * ROW + 12}" text-anchor="end">${label}</text>`
  );
  const cells = shades.map((path, i) =>
    path === "" ? undefined : markup`<path fill="var(--heat)" fill-opacity="${short((i + 1) / SHADES)}" d="${path}"/>`
  );
  return svgPicture(id, { width: Math.ceil(width), height }, [background, labels, cells], text);
}

const SCALE_CELL = 22;

/** What each shade of a map stands for. */
export function mapScale(id: string): Markup {
  const cells = Array.from(
    { length: SHADES },
    (_, i) =>
      markup`<rect x="${i * SCALE_CELL}" width="${SCALE_CELL - 1}" height="12" fill="var(--heat)" fill-opacity="${
        short((i + 1) / SHADES)
      }"/>`,
  );
  return markup`<p class="scale"><span>few</span>${
    svgPicture(id, { width: SHADES * SCALE_CELL, height: 12 }, cells, {
      title: "Scale of the maps",
      description: `${SHADES} shades: each an equal part of the way from no correct sample to all.`,
    })
  }<span>all samples correct; an empty cell: none</span></p>`;
}

function short(number: number): string {
  return String(Number(number.toFixed(2)));
}
