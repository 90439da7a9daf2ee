/**
 * A data table with caption and scopes.
 *
 * @module
 */
import { html, type Insert, type Markup } from "./markup.ts";

/** A cell: its content, and a class where it stands out. */
export interface TableCell {
  readonly content: Insert;
  readonly className?: string;
}

/** The first column holds the row's name. */
export function dataTable(
  { caption, head, rows }: {
    caption: Insert;
    head: readonly (Insert | TableCell)[];
    rows: readonly (readonly (Insert | TableCell)[])[];
  },
): Markup {
  return html`
    <div class="wide" tabindex="0" role="group">
      <table>
        <caption>${caption}</caption>
        <thead>
          <tr>${head.map((cell) => {
            const { content, className } = asCell(cell);
            return html`
              <th scope="col" ${classOf(className)}>${content}</th>
            `;
          })}</tr>
        </thead>
        <tbody>${rows.map(([first, ...rest]) =>
          html`<tr><th scope="row">${asCell(first).content}</th>${
            rest.map((cell) => {
              const { content, className } = asCell(cell);
              return html`<td${classOf(className)}>${content}</td>`;
            })
          }</tr>`
        )}</tbody>
      </table>
    </div>
  `;
}

function asCell(cell: Insert | TableCell): TableCell {
  return typeof cell === "object" && "content" in cell ? cell : { content: cell as Insert };
}

function classOf(className: string | undefined): Insert {
  return className === undefined ? undefined : html`
    class="${className}"
  `;
}
