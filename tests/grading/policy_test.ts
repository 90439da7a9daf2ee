/** Every example of docs/grading.md, read from the page. */
import { assert, assertEquals } from "@std/assert";
import { canonicalAnswer, equivalent, grade } from "../../src/grading/grade.ts";

interface Example {
  readonly gold: string;
  readonly text: string;
  readonly question: string | undefined;
  readonly equal: boolean;
  readonly reason: string | undefined;
  /** Whether the same holds with gold and text exchanged, and equal answers have equal keys. */
  readonly symmetric: boolean;
}

interface Section {
  readonly title: string;
  /** Absent outside the numbered rules. */
  readonly rule?: number;
  readonly examples: readonly Example[];
}

const PAGE = await Deno.readTextFile(new URL("../../docs/grading.md", import.meta.url));
const SECTIONS = readSections(PAGE);
const RULES = SECTIONS.filter(({ rule }) => rule !== undefined);

for (const { title, examples } of SECTIONS.filter((section) => section.examples.length > 0)) {
  Deno.test(`the page on grading holds: ${title}`, () => {
    for (const { gold, text, question, equal, reason, symmetric } of examples) {
      const verdict = grade(text, gold, question === undefined ? {} : { question });
      assertEquals([verdict.equal, verdict.graderError], [equal, undefined], `${gold} against ${text}`);
      if (!equal) assertEquals(verdict.reason, reason, `${gold} against ${text}`);
      if (!symmetric) continue;
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
    return {
      title,
      ...(number !== undefined && { rule: Number(number) }),
      examples: text.split(/\n(?!\|)/).flatMap(readTable),
    };
  });
}

/** The examples of one table; none of what is no table of them. */
function readTable(block: string): Example[] {
  const [head, , ...rows] = block.split("\n").filter((line) => line.startsWith("|")).map(cells);
  if (head?.[0] !== "gold") return [];
  return rows.map((row) => {
    const [gold, text, asked] = row;
    const [word, reason] = row[row.length - 1].split(", ");
    assert(word === "yes" || word === "no", `expected yes or no in the table, found ${word}`);
    const question = head[2] === "question" && asked !== "" ? codeOf(asked) : undefined;
    return {
      gold: codeOf(gold),
      text: codeOf(text),
      question,
      equal: word === "yes",
      reason,
      symmetric: head[1] === "answer",
    };
  });
}

/** Cells of a row of a Markdown table; `\|` is a stroke inside of one. */
function cells(line: string): string[] {
  return line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function codeOf(cell: string): string {
  const code = /^`(.*)`$/.exec(cell)?.[1];
  if (code === undefined) throw new Error(`expected code in a cell, found ${cell}`);
  return code;
}
