/**
 * Text tidied before it is read: Unicode signs become their LaTeX commands, delimiters of mathematics go.
 *
 * @module
 */

const SIGNS: Readonly<Record<string, string>> = {
  "−": "-",
  "–": "-",
  "‐": "-",
  "‑": "-",
  "×": "\\times ",
  "✕": "\\times ",
  "÷": "\\div ",
  "⁄": "/",
  "∕": "/",
  "·": "\\cdot ",
  "⋅": "\\cdot ",
  "∙": "\\cdot ",
  "•": "\\cdot ",
  "∗": "*",
  "≤": "\\le ",
  "⩽": "\\le ",
  "≥": "\\ge ",
  "⩾": "\\ge ",
  "≠": "\\ne ",
  "≈": "\\approx ",
  "∞": "\\infty ",
  "π": "\\pi ",
  "√": "\\sqrt ",
  "∛": "\\sqrt[3] ",
  "°": "\\degree ",
  "º": "\\degree ",
  "∪": "\\cup ",
  "∩": "\\cap ",
  "∖": "\\setminus ",
  "∈": "\\in ",
  "∅": "\\emptyset ",
  "±": "\\pm ",
  "∓": "\\mp ",
  "⌊": "\\lfloor ",
  "⌋": "\\rfloor ",
  "⌈": "\\lceil ",
  "⌉": "\\rceil ",
  "⟨": "\\langle ",
  "⟩": "\\rangle ",
  "〈": "\\langle ",
  "〉": "\\rangle ",
  "ℝ": "\\mathbb{R}",
  "∠": "\\angle ",
  "≡": "\\equiv ",
  "∀": "\\forall ",
  "∑": "\\sum ",
  "∏": "\\prod ",
  "△": "\\triangle ",
  "′": "'",
  "’": "'",
  "∶": ":",
  "、": ",",
  "。": ".",
  "½": "\\frac{1}{2}",
  "⅓": "\\frac{1}{3}",
  "⅔": "\\frac{2}{3}",
  "¼": "\\frac{1}{4}",
  "¾": "\\frac{3}{4}",
  "⅕": "\\frac{1}{5}",
  "⅙": "\\frac{1}{6}",
  "⅛": "\\frac{1}{8}",
  "α": "\\alpha ",
  "β": "\\beta ",
  "γ": "\\gamma ",
  "δ": "\\delta ",
  "ε": "\\epsilon ",
  "θ": "\\theta ",
  "λ": "\\lambda ",
  "μ": "\\mu ",
  "µ": "\\mu ",
  "ρ": "\\rho ",
  "σ": "\\sigma ",
  "τ": "\\tau ",
  "φ": "\\phi ",
  "ϕ": "\\phi ",
  "ω": "\\omega ",
};

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ";
const SUPERSCRIPT_VALUES = "0123456789+-n";
const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";

/** Distance from the full-width forms U+FF01 to U+FF5E to the ASCII characters they stand for. */
const FULL_WIDTH_OFFSET = 0xfee0;

/** The text with only ASCII where we know an equivalent; other characters stay. */
export function toAscii(text: string): string {
  // deno-lint-ignore no-control-regex
  if (!/[^\x00-\x7f]/.test(text)) return text;
  let out = "";
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    const code = text.charCodeAt(i);
    if (code < 0x80) out += char;
    else if (SUPERSCRIPTS.includes(char)) {
      let run = "";
      while (i < text.length && SUPERSCRIPTS.includes(text[i])) {
        run += SUPERSCRIPT_VALUES[SUPERSCRIPTS.indexOf(text[i++])];
      }
      i--;
      out += `^{${run}}`;
    } else if (SUBSCRIPTS.includes(char)) {
      let run = "";
      while (i < text.length && SUBSCRIPTS.includes(text[i])) run += String(SUBSCRIPTS.indexOf(text[i++]));
      i--;
      out += `_{${run}}`;
    } else if (code >= 0xff01 && code <= 0xff5e) out += String.fromCharCode(code - FULL_WIDTH_OFFSET);
    else if (isSpace(code)) out += " ";
    else out += SIGNS[char] ?? char;
  }
  return out;
}

function isSpace(code: number): boolean {
  return code === 0xa0 || (code >= 0x2000 && code <= 0x200b) || code === 0x202f || code === 0x3000 || code === 0xfeff;
}

/**
 * The answer without what surrounds it: `$…$`, `\(…\)`, `\[…\]`, Markdown stars, a full stop.
 *
 * A pair of dollar signs delimits mathematics; a single one is currency and stays.
 */
export function stripDelimiters(text: string): string {
  let out = text.trim();
  while (out.length > 0) {
    const before = out;
    if (/[.,;:]$/.test(out) && !out.endsWith("\\,") && !out.endsWith("\\;") && !out.endsWith("\\:")) {
      out = out.slice(0, -1).trimEnd();
    }
    if (out.endsWith("\\\\")) out = out.slice(0, -2).trimEnd();
    for (const [open, close] of DELIMITERS) {
      if (out.length > open.length + close.length && out.startsWith(open) && out.endsWith(close)) {
        out = out.slice(open.length, -close.length).trim();
      }
    }
    if (out === before) break;
  }
  return withoutDollarPairs(out).replaceAll("{.}", ".").replaceAll("\\(", " ").replaceAll("\\)", " ").replaceAll(
    "\\[",
    " ",
  ).replaceAll(
    "\\]",
    " ",
  );
}

const DELIMITERS = [["\\(", "\\)"], ["\\[", "\\]"], ["**", "**"], ["`", "`"]] as const;

function withoutDollarPairs(text: string): string {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === "$") count++;
  }
  if (count === 0 || count % 2 === 1) return text;
  let out = "";
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\\") out += text[i] + (text[++i] ?? "");
    else out += text[i] === "$" ? " " : text[i];
  }
  return out;
}

/**
 * Text by which answers that are not mathematics are compared: lower case, one space between words, without the
 * commands of fonts and spacing, braces and punctuation at the ends.
 */
export function plainText(text: string): string {
  const words = text
    .replace(/\\(?:text|mbox|textbf|textit|textrm|textnormal|mathrm|mathbf|mathit|hbox|operatorname)\b/g, " ")
    .replace(/\\(?:left|right|displaystyle)(?![a-zA-Z])/g, "")
    .replace(/\\(?:quad|qquad)\b|\\[,;:! ]|~/g, " ")
    .replace(/\\[dt]frac(?![a-zA-Z])/g, "\\frac")
    .replace(/[${}]/g, " ")
    .toLowerCase()
    .replace(/\b([ap])\. ?m\b/g, "$1m")
    .replace(/\s+/g, " ")
    // Spaces count between words and numbers only.
    .replace(/(\\[a-z]+) |(?<![a-z0-9]) | (?![a-z0-9])/g, "$1");
  // A loop, because a pattern anchored at the end alone is quadratic in a long run of such characters.
  let [start, end] = [0, words.length];
  while (start < end && EDGE.includes(words[start])) start++;
  while (end > start && EDGE.includes(words[end - 1])) end--;
  return words.slice(start, end).replace(/^(?:the|a|an) /, "");
}

const EDGE = " .,;:!\"'`";
