/**
 * A cell a problem and arm, darker the more often it is solved: where arms agree, and which problems none solves.
 *
 * @module
 */
import { html, Markup } from "../markup.ts";
import type { PictureText } from "../plot.ts";

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

/** Cells of a shade are one path, so that a thousand problems stay small. */
export function problemMap(id: string, rows: readonly MapRow[], text: PictureText): Markup {
  const problems = rows[0].shares.length;
  const cell = Math.min(WIDEST_CELL, (WIDTH - LABEL) / problems);
  const width = LABEL + cell * problems;
  const height = rows.length * ROW + 2;
  const shades = Array.from({ length: SHADES }, () => "");
  rows.forEach(({ shares }, y) =>
    shares.forEach((share, x) => {
      if (share === 0) return;
      shades[Math.min(SHADES - 1, Math.floor(share * SHADES))] += `M${short(LABEL + x * cell)} ${y * ROW + 1}h${
        short(Math.max(cell - 0.6, cell * 0.8))
      }v${ROW - 3}h-${short(Math.max(cell - 0.6, cell * 0.8))}z`;
    })
  );
  return html`
    <svg role="img" aria-labelledby="${id}-title ${id}-text" viewBox="0 0 ${short(width)} ${height}"
      width="${short(width)}" height="${height}" font-size="11"
      fill="currentColor"><title id="${id}-title">${text.title}</title><desc id="${id}-text">${text
        .description}</desc><rect x="${LABEL}" width="${short(
          cell * problems,
        )}" height="${height}" fill="var(--panel)"/>${rows.map(({ label }, y) =>
          html`<text x="${LABEL - 8}" y="${y * ROW + 12}" text-anchor="end">${label}</text>`
        )}${shades.map((path, i) =>
          new Markup(path && `<path fill="var(--heat)" fill-opacity="${short((i + 1) / SHADES)}" d="${path}"/>`)
        )}</svg>
  `;
}

function short(number: number): string {
  return String(Number(number.toFixed(2)));
}
