import { assert, assertEquals } from "@std/assert";
import { renderTextTable, type TextTable } from "../../src/text/table.ts";
import { textWidth } from "../../src/text/width.ts";

const table: TextTable = {
  title: "Scores",
  columns: [
    { header: "arm", align: "left" },
    { header: "算術", align: "right" },
    { header: "tokens", align: "right" },
  ],
  rows: [
    ["base", { text: "31.2\n28–35", tones: ["strong", "dim"] }, "14.9"],
    ["discrete-grpo", { text: "62.8\n60–66", tones: ["good"] }],
  ],
  notes: ["Percent."],
};

Deno.test("columns align, cells of several lines included", () => {
  assertEquals(
    renderTextTable(table, { colour: false }),
    [
      "Scores",
      "",
      "arm             算術  tokens",
      "────────────────────────────",
      "base            31.2    14.9",
      "               28–35",
      "discrete-grpo   62.8",
      "               60–66",
      "",
      "Percent.",
    ].join("\n"),
  );
});

Deno.test("colour changes nothing but colour", () => {
  const coloured = renderTextTable(table, { colour: true });
  assert(coloured.includes("\x1b[2m28–35\x1b[0m"));
  // deno-lint-ignore no-control-regex
  assertEquals(coloured.replace(/\x1b\[\d+m/g, ""), renderTextTable(table, { colour: false }));
});

Deno.test("a name that holds escape sequences cannot reach the terminal", () => {
  const text = renderTextTable({ ...table, title: "\x1b[2J", rows: [["a\x1b]0;x\x07\r\tb", "1", "2"]] }, {
    colour: false,
  });
  assert(!/[^\P{Control}\n]/u.test(text));
});

Deno.test("every line is as wide as the rule or shorter", () => {
  const lines = renderTextTable({ ...table, notes: [] }, { colour: false }).split("\n");
  const rule = textWidth(lines.find((line) => line.startsWith("─"))!);
  for (const line of lines) assert(textWidth(line) <= rule, line);
});
