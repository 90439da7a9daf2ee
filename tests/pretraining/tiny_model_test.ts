/** The committed models/tiny against what transformers makes of it; the generator is in tests/golden/tiny/. */
import { assert, assertEquals } from "@std/assert";
import { wholeRowsOf } from "../fixtures/logit_rows.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { createPrompter, loadChatTemplate } from "../../src/prompt/prompt.ts";
import { loadTokenizer } from "../../src/prompt/tokenizer.ts";
import { fileURLToPath } from "node:url";
import { promptTemplate } from "../../src/prompt/templates.ts";

interface Golden {
  readonly weightsSha256: string;
  readonly vocabulary: number;
  readonly parameters: number;
  readonly cases: readonly {
    readonly question: string;
    readonly chat: string;
    readonly ids: number[];
    readonly lastLogits: number[];
    readonly greedyIds: number[];
    readonly greedyText: string;
    readonly greedyLogits: number[][];
  }[];
}

const golden: Golden = JSON.parse(Deno.readTextFileSync(new URL("../golden/tiny/tiny.json", import.meta.url)));
const folder = fileURLToPath(new URL("../../models/tiny", import.meta.url));
const checkpoint = await loadCheckpoint(folder);
const tokenizer = await loadTokenizer(folder);
const prompter = createPrompter(tokenizer, await loadChatTemplate(folder), promptTemplate("question"));

/** Logits lie within ±26; both sides compute in 32 bits through 4 blocks. */
const TOLERANCE = 1e-4;

Deno.test("the golden numbers are of the committed weights", async () => {
  assertEquals(await checkpoint.weightsSha256(), golden.weightsSha256);
  assertEquals([checkpoint.parameters, checkpoint.config.vocabularySize], [golden.parameters, golden.vocabulary]);
});

Deno.test("chat text and ids are transformers' own, and ids turn back into the text", () => {
  for (const { question, chat, ids, greedyIds, greedyText } of golden.cases) {
    assertEquals([prompter.text({ question }), [...prompter.ids({ question })]], [chat, ids]);
    assertEquals([tokenizer.decode(ids), tokenizer.decode(greedyIds)], [chat, greedyText]);
    assertEquals([...tokenizer.encode(greedyText)], greedyIds);
  }
});

Deno.test("every token is one token, 22 in all, and texts of them come back whole", () => {
  const tokens = [
    "<pad>",
    "<eot>",
    "<user>",
    "<assistant>",
    "<think>",
    "</think>",
    "\\boxed{",
    "}",
    ..."0123456789+-*=",
  ];
  assertEquals(tokens.map((token) => [...tokenizer.encode(token)]), tokens.map((_, id) => [id]));
  const text = "<user>12-3<assistant><think>1=2</think>\\boxed{-9}<eot>";
  assertEquals(tokenizer.decode(tokenizer.encode(text)), text);
});

Deno.test("the end of a completion is <eot>", () => {
  assertEquals([...checkpoint.endTokens], [tokenizer.tokenId("<eot>")!]);
});

for (const kernels of ["plain", undefined] as const) {
  Deno.test(`${kernels ?? "this machine's"} kernels: transformers' logits to 1e-4, and its greedy text`, async () => {
    const model = await createEngine(checkpoint.config, checkpoint.weights, {
      workers: 1,
      ...(kernels && { kernels }),
    });
    const prompts = golden.cases.map(({ ids }) => Int32Array.from(ids));
    const most = Math.max(...golden.cases.map(({ greedyIds }) => greedyIds.length));
    const width = checkpoint.config.vocabularySize;
    const decoder = wholeRowsOf(await model.decode(prompts, prompts.map(() => 1), most), width);
    let rows = await decoder.prompts(prompts.length);
    let worst = 0;
    let active = golden.cases.map((_, i) => i);
    for (let position = 0; active.length > 0; position++) {
      active.forEach((sequence, row) => {
        const logits = rows[row];
        const { greedyLogits, greedyIds } = golden.cases[sequence];
        logits.forEach((logit, v) => worst = Math.max(worst, Math.abs(logit - greedyLogits[position][v])));
        assertEquals(logits.indexOf(Math.max(...logits)), greedyIds[position]);
      });
      active = active.filter((sequence) => position + 1 < golden.cases[sequence].greedyIds.length);
      if (active.length === 0) break;
      const ids = Int32Array.from(active, (sequence) => golden.cases[sequence].greedyIds[position]);
      const weights = new Float32Array(ids.length).fill(1);
      const inputs = { count: ids.length, width: 1, ids, weights };
      rows = await decoder.step(Int32Array.from(active), inputs);
    }
    decoder.dispose();
    await model.dispose();
    assert(worst < TOLERANCE, `largest difference ${worst}`);
  });
}
