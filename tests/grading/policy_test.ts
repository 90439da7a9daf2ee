/** Every example of docs/grading.md, read from the page. */
import { assert, assertEquals } from "@std/assert";
import { canonicalAnswer, equivalent, grade } from "../../src/grading/grade.ts";

interface Example {
  readonly gold: string;
  readonly text: string;
  readonly equal: boolean;
  readonly reason: string | undefined;
}

interface Section {
  readonly title: string;
  /** Absent outside the numbered rules. */
  readonly rule?: number;
  /** Whether the examples are whole completions rather than bare answers. */
  readonly completions: boolean;
  readonly examples: readonly Example[];
}

const PAGE = await Deno.readTextFile(new URL("../../docs/grading.md", import.meta.url));
const SECTIONS = readSections(PAGE);
const RULES = SECTIONS.filter(({ rule }) => rule !== undefined);

for (const { title, completions, examples } of SECTIONS.filter((section) => section.examples.length > 0)) {
  Deno.test(`the page on grading holds: ${title}`, () => {
    for (const { gold, text, equal, reason } of examples) {
      const verdict = grade(text, gold);
      assertEquals([verdict.equal, verdict.graderError], [equal, undefined], `${gold} against ${text}`);
      if (!equal) assertEquals(verdict.reason, reason, `${gold} against ${text}`);
      if (completions) continue;
      assertEquals([equivalent(gold, text), equivalent(text, gold)], [equal, equal], `${gold} and ${text}`);
      if (equal) assertEquals(canonicalAnswer(text), canonicalAnswer(gold), `keys of ${gold} and ${text}`);
    }
  });
}

Deno.test("the rules of the page are numbered in order, and each shows what is equal and what is not", () => {
  assertEquals(RULES.map(({ rule }) => rule), RULES.map((_, i) => i + 1));
  for (const { title, examples } of RULES) {
    assert(examples.some(({ equal }) => equal) && examples.some(({ equal }) => !equal), title);
  }
});

function readSections(page: string): Section[] {
  return page.split(/^#{2,3} /m).slice(1).map((text) => {
    const [title] = text.split("\n", 1);
    const number = /^(\d+)\. /.exec(title)?.[1];
    const rows = text.split("\n").filter((line) => line.startsWith("|")).map(cells);
    return {
      title,
      ...(number !== undefined && { rule: Number(number) }),
      completions: rows[0]?.[1] === "completion",
      examples: rows.slice(2).map(readExample),
    };
  });
}

/** Cells of a row of a Markdown table; `\|` is a stroke inside of one. */
function cells(line: string): string[] {
  return line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function readExample([gold, text, verdict]: string[]): Example {
  const [word, reason] = verdict.split(", ");
  assert(word === "yes" || word === "no", `expected yes or no in the table, found ${verdict}`);
  return { gold: codeOf(gold), text: codeOf(text), equal: word === "yes", reason };
}

function codeOf(cell: string): string {
  const code = /^`(.*)`$/.exec(cell)?.[1];
  if (code === undefined) throw new Error(`expected code in a cell, found ${cell}`);
  return code;
}
