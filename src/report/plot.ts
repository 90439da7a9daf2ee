/**
 * Observable Plot without a browser: options in, a small SVG out that takes its colours from the page.
 *
 * @module
 */
import * as Plot from "npm:@observablehq/plot@0.6.17";
import { parseHTML } from "npm:linkedom@0.18.12";
import { type Insert, type Markup, markup, markupOf } from "./markup.ts";

export { Plot };

/** What a reader who does not see the picture is told. */
export interface PictureText {
  /** One short line. */
  readonly title: string;
  /** What the picture shows, and where its numbers are found as text. */
  readonly description: string;
}

/**
 * Draws a plot as SVG text.
 *
 * @param id unique on the page; names the parts that describe the picture
 */
export function plotSvg(id: string, options: Plot.PlotOptions, text: PictureText): Markup {
  const { document } = parseHTML("<html></html>") as unknown as { document: NonNullable<Plot.PlotOptions["document"]> };
  const svg = Plot.plot({ ...options, document }) as unknown as SvgElement;
  // Plot adds a style sheet, and labels of its own for each group, which a reader would hear one by one.
  svg.querySelector("style")?.remove();
  for (const group of svg.querySelectorAll("[aria-label]")) group.removeAttribute("aria-label");
  const body = roundNumbers(svg.innerHTML);
  const [width, height] = [svg.getAttribute("width"), svg.getAttribute("height")].map(Number);
  return svgPicture(id, { width, height }, markupOf(body), text);
}

/** A picture on a narrow screen shrinks to this share of its size, where names can still be read, and then scrolls. */
const LEAST_SCALE = 0.7;

/** An SVG that says to everyone what it shows. */
export function svgPicture(
  id: string,
  { width, height }: { width: number; height: number },
  content: Insert,
  { title, description }: PictureText,
): Markup {
  const size = markup`viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" style="min-width:${
    Math.round(LEAST_SCALE * width)
  }px"`;
  const labels = markup`<title id="${id}-title">${title}</title><desc id="${id}-text">${description}</desc>`;
  return markup`<svg role="img" aria-labelledby="${id}-title ${id}-text" ${size} font-size="12" text-anchor="middle"
 fill="currentColor">${labels}${content}</svg>`;
}

/** The little of the DOM that is used here; this program is checked without the browser's types. */
interface SvgElement {
  readonly innerHTML: string;
  querySelector(selector: string): { remove(): void } | null;
  querySelectorAll(selector: string): Iterable<{ removeAttribute(name: string): void }>;
  getAttribute(name: string): string | null;
}

/** Tenths of a pixel are enough; Plot writes seventeen digits. */
function roundNumbers(svg: string): string {
  return svg.replace(
    / (d|transform|x|y|x1|x2|y1|y2|cx|cy|r|width|height|points)="([^"]*)"/g,
    (_, name: string, value: string) =>
      ` ${name}="${value.replace(/-?\d+\.\d+(?:e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(1))))}"`,
  );
}
