/**
 * Runs in the reader's browser: tables that sort and filter, and hints that go where nothing scrolls. Self-contained, as
 * the page holds this function's text and nothing else.
 *
 * @param {Document} document
 */
export function enhanceTables(document) {
  const LEAST_ROWS_TO_FILTER = 8;
  const number = (text) => {
    const match = /^[\s<]*([-−+]?\d+(?:[.,]\d+)*)(?![\w:-])/.exec(text);
    return match === null ? NaN : Number(match[1].replace("−", "-").replaceAll(",", ""));
  };

  function sortable(table) {
    const body = table.querySelector("tbody");
    const heads = [...table.querySelectorAll("thead th")];
    if (body.querySelectorAll("tr").length < 2) return;
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.title = "Sort";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") !== "descending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...body.querySelectorAll("tr")].map((row) => {
          const text = row.querySelectorAll("th, td")[column].textContent;
          return { row, text, value: column === 0 ? NaN : number(text) };
        });
        rows.sort((a, b) => {
          const numbers = Number.isNaN(a.value) - Number.isNaN(b.value);
          if (numbers !== 0) return numbers;
          const order = Number.isNaN(a.value)
            ? a.text.localeCompare(b.text, undefined, { numeric: true })
            : b.value - a.value;
          // Text begins with A, numbers with the greatest.
          return down ? order : -order;
        });
        body.append(...rows.map(({ row }) => row));
      });
    });
  }

  function filterable(table) {
    const rows = [...table.querySelectorAll("tbody tr")];
    if (rows.length < LEAST_ROWS_TO_FILTER) return;
    const label = document.createElement("label");
    label.className = "filter";
    const input = document.createElement("input");
    input.type = "search";
    const count = document.createElement("output");
    label.append("Rows that contain ", input, " ", count);
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
      let shown = 0;
      for (const row of rows) {
        row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
        if (!row.hidden) shown++;
      }
      count.textContent = words.length === 0 ? "" : `${shown} of ${rows.length}`;
    });
    table.closest(".scroller").before(label);
  }

  /** What fits is no stop for the keyboard and needs no hint. */
  function measure() {
    // What is folded up has no width yet. All are read before any is changed, so that the page is laid out once.
    const boxes = [...document.querySelectorAll(".wide")].filter((box) => box.closest("details:not([open])") === null);
    const measured = boxes.map((box) => [box, box.scrollWidth <= box.clientWidth]);
    for (const [box, fits] of measured) {
      box.parentElement.classList.toggle("fits", fits);
      box.parentElement.classList.toggle("overflows", !fits);
      if (fits) box.removeAttribute("tabindex");
      else box.setAttribute("tabindex", "0");
    }
  }

  for (const table of document.querySelectorAll("table")) {
    // The steps of a thought have an order of their own.
    if (table.closest(".numbers") !== null) continue;
    sortable(table);
    filterable(table);
  }
  measure();
  document.defaultView?.addEventListener("resize", measure);
  document.addEventListener("toggle", measure, true);
}
