/**
 * A cell per problem and arm, darker the more often it is solved: where arms agree, and which problems none solves.
 *
 * @module
 */
import { type Markup, markup } from "../markup.ts";
import { type PictureText, svgPicture } from "../plot.ts";

/** One row: shares of correct samples in [0, 1], problems in the same order in every row. */
export interface MapRow {
  readonly label: string;
  readonly shares: readonly number[];
}

const SHADES = 8;
const ROW = 17;
const LABEL = 190;
const WIDTH = 1040;
const WIDEST_CELL = 14;
const GAP = 0.6;

/** Cells of a shade are one path, so that a thousand problems stay small. */
export function problemMap(id: string, rows: readonly MapRow[], text: PictureText): Markup {
  const problems = rows[0].shares.length;
  const cell = Math.min(WIDEST_CELL, (WIDTH - LABEL) / problems);
  const width = LABEL + cell * problems;
  const height = rows.length * ROW + 2;
  const shades = Array.from({ length: SHADES }, () => "");
  const box = short(Math.max(cell - GAP, 0.8 * cell));
  rows.forEach(({ shares }, y) =>
    shares.forEach((share, x) => {
      if (share === 0) return;
      const shade = Math.min(SHADES - 1, Math.floor(share * SHADES));
      shades[shade] += `M${short(LABEL + x * cell)} ${y * ROW + 1}h${box}v${ROW - 3}h-${box}z`;
    })
  );
  const background = markup`<rect x="${LABEL}" width="${
    short(cell * problems)
  }" height="${height}" fill="var(--panel)"/>`;
  const labels = rows.map(({ label }, y) =>
    markup`<text x="${LABEL - 8}" y="${y * ROW + 12}" text-anchor="end">${label}</text>`
  );
  const cells = shades.map((path, i) =>
    path === "" ? undefined : markup`<path fill="var(--heat)" fill-opacity="${short((i + 1) / SHADES)}" d="${path}"/>`
  );
  return svgPicture(id, { width: Math.ceil(width), height }, [background, labels, cells], text);
}

function short(number: number): string {
  return String(Number(number.toFixed(2)));
}
