/**
 * HTML by template: everything that is put into a template is escaped, unless it is markup already. Model text, answers
 * and names from result files are untrusted, and no page is built in another way.
 *
 * @module
 */

/** Text that is known to be HTML. */
export class Markup {
  constructor(readonly text: string) {}
  /** @returns the HTML */
  toString(): string {
    return this.text;
  }
}

/** Text of the program's own that is HTML already. */
export function markupOf(text: string): Markup {
  return new Markup(text);
}

/** What a template takes: a list is joined, nothing is left out. */
export type Insert = string | number | Markup | undefined | readonly Insert[];

/**
 * Tag of HTML templates.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const answer = "<script>1 & 2</script>";
 * assertEquals(String(markup`<td title="${'"'}">${answer}</td>`), '<td title="&quot;">&lt;script&gt;1 &amp; 2&lt;/script&gt;</td>');
 * ```
 */
export function markup(parts: TemplateStringsArray, ...inserts: readonly Insert[]): Markup {
  return new Markup(parts.reduce((text, part, i) => text + insertText(inserts[i - 1]) + part));
}

function insertText(insert: Insert): string {
  if (insert === undefined) return "";
  if (insert instanceof Markup) return insert.text;
  if (typeof insert === "object") return insert.map(insertText).join("");
  return escapeText(String(insert));
}

/**
 * Text for HTML content and for quoted attributes. Control characters, which HTML does not allow, and marks that reorder
 * text are shown by their code, so that what is read is what was written.
 */
export function escapeText(text: string): string {
  return text
    .replace(/[&<>"'`]/g, (character) => ENTITIES[character])
    .replace(FORBIDDEN, (character) => `⟨U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

/** Controls but for tab and line break, bidirectional overrides and isolates, lone surrogates, noncharacters. */
const FORBIDDEN = /(?![\t\n])[\p{Cc}\p{Cs}\p{Bidi_Control}\ufffe\uffff]/gu;
