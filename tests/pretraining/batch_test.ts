import { assert, assertEquals } from "@std/assert";
import { ARITHMETIC_TASKS } from "../../src/datasets/arithmetic/tasks.ts";
import { heldOutQuestions } from "../../src/datasets/arithmetic/held_out.ts";
import { encodeExamples, ExampleSource } from "../../src/pretraining/batch.ts";
import { loadTokenizer } from "../../src/prompt/tokenizer.ts";
import { fileURLToPath } from "node:url";

const tokenizer = await loadTokenizer(fileURLToPath(new URL("../../models/tiny", import.meta.url)));
const encoder = {
  prompt: (question: string) => tokenizer.encode(`<user>${question}<assistant><think>`),
  completion: (text: string) => tokenizer.encode(text),
};

Deno.test("examples depend on seed, update and row alone, and hold no question that is held out", () => {
  const source = new ExampleSource(1);
  const forbidden = heldOutQuestions(ARITHMETIC_TASKS);
  const spaced = (question: string) => question.match(/\d+|\D/g)!.join(" ");
  for (const step of [0, 7, 2399]) {
    const examples = source.examples(step, 128);
    assertEquals(new ExampleSource(1).example(step, 127, 128), examples[127]);
    for (const { question } of examples) assert(!forbidden.has(spaced(question)), question);
  }
});

Deno.test("the families take turns over the rows of all updates", () => {
  const source = new ExampleSource(1);
  const family = (step: number, row: number) => source.example(step, row, 128).question.replace(/\d+/g, "n");
  assertEquals([0, 1, 2, 3].map((row) => family(0, row)), ["n+n", "n-n", "n*n+n*n", "n*n"]);
  // 128 = 3 mod 5: the first row of the second update is the fourth family's.
  assertEquals(family(1, 2), "n+n");
});

Deno.test("a completion of T tokens is fed as T-1 rows after its prompt, each token predicted once", () => {
  const examples = [{ question: "47+38", thought: "70+15", answer: 85 }, {
    question: "1-2",
    thought: "1-2",
    answer: -1,
  }];
  const { groups, targets } = encodeExamples(examples, encoder);
  assertEquals(tokenizer.decode(groups[0].prompt), "<user>47+38<assistant><think>");
  assertEquals(tokenizer.decode(targets[0]), "70+15</think>\\boxed{85}<eot>");
  assertEquals(targets.map(({ length }) => length), [11, 9]);
  const [rows] = groups[1].completions;
  assertEquals([rows.count, rows.width, [...rows.weights]], [8, 1, new Array(8).fill(1)]);
  assertEquals([...rows.ids], [...targets[1]].slice(0, -1));
});
