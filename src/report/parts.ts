/**
 * Pieces that every section of the page is built from.
 *
 * @module
 */
import { type Insert, type Markup, markup } from "./markup.ts";

/** A titled section; `id` is its anchor. */
export function section(id: string, title: string, content: Insert): Markup {
  return markup`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${content}</section>`;
}

/** What a reader has to know before looking. */
export function lead(text: string): Markup {
  return markup`<p class="soft">${text}</p>`;
}

/** Pictures side by side, each under its caption: a bold part and what follows it. */
export function figures(items: readonly { title: string; more?: string; picture: Markup }[]): Markup {
  return markup`<div class="figures">${
    items.map(({ title, more, picture }) =>
      markup`<figure><figcaption><b>${title}</b>${more}</figcaption>${wide(`Figure: ${title}`, picture)}</figure>`
    )
  }</div>`;
}

/** Content that is folded up at first. */
export function fold(title: Insert, content: Insert): Markup {
  return markup`<details><summary>${title}</summary><div>${content}</div></details>`;
}

/** A table cell: its content, and a class where it stands out. */
export interface TableCell {
  readonly content: Insert;
  readonly className?: string;
}

/** A table with caption and scopes; the first column names the row. */
export function dataTable({ caption, head, rows }: {
  caption: string;
  head: readonly (Insert | TableCell)[];
  rows: readonly (readonly (Insert | TableCell)[])[];
}): Markup {
  const headCells = head.map((cell) => markup`<th scope="col"${classOf(cell)}>${contentOf(cell)}</th>`);
  const bodyRows = rows.map(([name, ...cells]) => {
    const own = cells.map((cell) => markup`<td${classOf(cell)}>${contentOf(cell)}</td>`);
    return markup`<tr><th scope="row">${contentOf(name)}</th>${own}</tr>
`;
  });
  return wide(
    "Table",
    markup`<table>
<caption><span>${caption}</span></caption>
<thead><tr>${headCells}</tr></thead>
<tbody>${bodyRows}</tbody></table>`,
  );
}

/** What may be wider than the screen: it scrolls by itself, and says so where it does. */
export function wide(label: string, content: Insert): Markup {
  return markup`<div class="scroller"><p class="hint" aria-hidden="true">scrolls sideways →</p>
<div class="wide" tabindex="0" role="group" aria-label="${label}">${content}</div></div>`;
}

function isCell(cell: Insert | TableCell): cell is TableCell {
  return typeof cell === "object" && "content" in cell;
}

function contentOf(cell: Insert | TableCell): Insert {
  return isCell(cell) ? cell.content : cell;
}

function classOf(cell: Insert | TableCell): Insert {
  return isCell(cell) && cell.className !== undefined ? markup` class="${cell.className}"` : undefined;
}
