/**
 * Numbers as tables and pages write them: percent with one decimal, a true minus sign, `–` where there is none.
 *
 * @module
 */

/** Stands where a number does not exist. */
export const NOTHING = "–";

/** `31.2` for 0.3123. */
export function percentText(share: number | null | undefined): string {
  return share === null || share === undefined ? NOTHING : (100 * share).toFixed(1);
}

/** `+3.1`, `−0.4`, `0.0`, in percentage points. */
export function pointsText(difference: number): string {
  return signedText(100 * difference);
}

/** `+3.1`, `−0.4`, `0.0`, in the unit that the difference has. */
export function signedText(difference: number): string {
  const text = Math.abs(difference).toFixed(1);
  if (Number(text) === 0) return text;
  return `${difference > 0 ? "+" : "−"}${text}`;
}

/** Points from which a loss is visible; no loss has more than 100. */
export function visibleText(points: number): string {
  return points > 100 ? "> 100" : points.toFixed(1);
}

/** `28.1–34.9`. */
export function rangeText(low: number, high: number): string {
  return `${percentText(low)}–${percentText(high)}`;
}

/** `−1.2 to +3.4`, in percentage points. */
export function pointsRangeText(low: number, high: number): string {
  return `${pointsText(low)} to ${pointsText(high)}`;
}

/** A mean number of tokens: `15.1`, `8992`. */
export function tokensText(tokens: number | null): string {
  if (tokens === null) return NOTHING;
  return tokens < 1000 ? tokens.toFixed(1) : String(Math.round(tokens));
}

/** A share with its unit: `1.9 %`. */
export function shareText(share: number | null): string {
  return share === null ? NOTHING : `${percentText(share)} %`;
}

/** `0.003`, `< 0.001`. */
export function pText(p: number): string {
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}

/** `1 seed`, `2 seeds`. */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

export function gigabytesText(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
