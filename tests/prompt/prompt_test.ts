import { testedRow } from "../../src/datasets/mbpp.ts";
import type { ProblemKind } from "../../src/datasets/problem_kind.ts";
import { assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import {
  createPrompter,
  endOfThinkingText,
  endOfThinkingTokens,
  loadChatTemplate,
  promptRoom,
  requirePromptsFit,
  requireTrainingPromptsFit,
} from "../../src/prompt/prompt.ts";
import { loadTokenizer } from "../../src/prompt/tokenizer.ts";
import { unknownCharactersNote } from "../../src/prompt/known_characters.ts";
import { PROMPT_TEMPLATES, promptTemplate } from "../../src/prompt/templates.ts";

/** Chat texts and ids are those of transformers' apply_chat_template (tests/golden/models/tokenizers_golden.py). */
const FOLDER = "tests/golden/models/tokenizers";

interface Golden {
  readonly chats: readonly { question: string; text: string; ids: number[] }[];
}

// Qwen's template lies in tokenizer_config.json, Llama's in chat_template.jinja and begins with BOS and a date.
for (const kind of ["qwen", "llama"]) {
  Deno.test(`${kind}: a question becomes the chat text and the ids of transformers`, async () => {
    const golden: Golden = JSON.parse(await Deno.readTextFile(`${FOLDER}/${kind}/golden.json`));
    const tokenizer = await loadTokenizer(`${FOLDER}/${kind}`);
    const prompter = createPrompter(tokenizer, await loadChatTemplate(`${FOLDER}/${kind}`), PROMPT_TEMPLATES.question);
    for (const { question, text, ids } of golden.chats) {
      assertEquals(prompter.text({ question }), text);
      assertEquals([...prompter.ids({ question })], ids);
    }
  });
}

Deno.test("a problem that the tokenizer cannot write whole has a prompt without the rest, and a note says so", async () => {
  const tokenizer = await loadTokenizer("models/tiny");
  const prompter = createPrompter(tokenizer, await loadChatTemplate("models/tiny"), PROMPT_TEMPLATES.question);
  const questions = ["2+3", "2 + 3", "é2+3\u202e", "\u00e95"].map((question) => ({ question }));
  assertEquals(prompter.ids(questions[2]), prompter.ids(questions[0]));
  const unknown = questions.map(prompter.unknownCharacters);
  assertEquals(unknown, [[], [" "], ["é", "\u202e"], ["é"]]);
  assertEquals(
    unknownCharactersNote(unknown.flat(), "3 of 4 prompts of mine"),
    'the tokenizer has no token for " " "é" "\u202e" in 3 of 4 prompts of mine: the model does not see them',
  );
  assertEquals(unknownCharactersNote([], "mine"), undefined);
});

Deno.test("the papers' templates, to the character", async () => {
  const tokenizer = await loadTokenizer(`${FOLDER}/llama`);
  const stepByStep = createPrompter(tokenizer, "{{ messages[0].content }}", promptTemplate("step-by-step"));
  assertEquals(
    stepByStep.text({ question: "What is $& + 1?" }),
    "What is $& + 1? Let's think step by step and output the final answer within \\boxed{}.",
  );
  const conversation = createPrompter(tokenizer, undefined, promptTemplate("conversation"));
  assertEquals(conversation.text({ question: "1+1" }).slice(-21), " User: 1+1 Assistant:");
  assertEquals([...conversation.ids({ question: "1+1" })][0], tokenizer.tokenId("<|bos|>"));
});

Deno.test("what is not of mathematics has a text of its own in the experiment's turn, SofT-GRPO's to the character", async () => {
  const tokenizer = await loadTokenizer(`${FOLDER}/llama`);
  const chat = "<u>{{ messages[0].content }}</u>";
  const { text } = createPrompter(tokenizer, chat, promptTemplate("step-by-step"));
  assertEquals(
    text({ question: "Which?\n\nA. $&\nB. 2", kind: "multiple-choice" }),
    "<u>Please solve the following multiple-choice question. Please show your choice in the answer field with only the " +
      'choice letter, e.g.,"answer": "C".\n\nWhich?\n\nA. $&\nB. 2</u>',
  );
  assertEquals(
    text({ question: 'def f():\n    """One."""\n', kind: "python-function" }),
    "<u>Please solve the programming task below in Python. Code should be wrapped in a markdown code block.\n\n" +
      '```python\ndef f():\n    """One."""\n\n```</u>',
  );
  const { question } = testedRow("Write f.", [], ["assert f() == 1", "assert f() != 2"]);
  assertEquals(
    text({ question: String(question), kind: "python-tests" }),
    "<u>Please solve the programming task with test cases below in Python. Make sure your code satisfies the following " +
      "requirements:\n1. The function name and signature must match exactly as specified in the test cases.\n2. Your code " +
      "should be wrapped in a markdown code block without including any test cases.\n\nTask:\nWrite f.\n\nTest Cases:\n" +
      "```python\nassert f() == 1\nassert f() != 2\n```</u>",
  );
  const plain = createPrompter(tokenizer, undefined, promptTemplate("conversation"));
  assertEquals(plain.text({ question: "q", kind: "multiple-choice" }).slice(-3), "\n\nq");
});

Deno.test("texts of other kinds are a part of the hash where such problems are asked, and only there", async () => {
  const tokenizer = await loadTokenizer(`${FOLDER}/qwen`);
  const sha256 = (...kinds: ProblemKind[]) => createPrompter(tokenizer, "a", promptTemplate("question"), kinds).sha256;
  assertEquals(sha256("mathematics", "mathematics"), sha256());
  assertEquals(sha256("python-tests", "multiple-choice"), sha256("multiple-choice", "python-tests", "python-tests"));
  assertNotEquals(sha256("multiple-choice"), sha256());
  assertNotEquals(sha256("multiple-choice"), sha256("python-tests"));
});

Deno.test("the hash changes with the template and with the chat template alone", async () => {
  const tokenizer = await loadTokenizer(`${FOLDER}/qwen`);
  const sha256 = (chat: string, name: string) => createPrompter(tokenizer, chat, promptTemplate(name)).sha256;
  assertEquals(sha256("a", "question"), sha256("a", "question"));
  assertNotEquals(sha256("a", "question"), sha256("b", "question"));
  assertNotEquals(sha256("a", "question"), sha256("a", "step-by-step"));
  assertEquals(sha256("a", "conversation"), sha256("b", "conversation"));
});

Deno.test("the end of thinking is the marker's whole token sequence, or its last token as released", async () => {
  const qwen = await loadTokenizer(`${FOLDER}/qwen`);
  assertEquals(endOfThinkingTokens(qwen, "</think>"), [qwen.tokenId("</think>")!]);
  // No token of its own in Llama 3: `</`, `think`, `>` there, single letters here.
  const llama = await loadTokenizer(`${FOLDER}/llama`);
  const sequence = endOfThinkingTokens(llama, "</think>");
  assertEquals(llama.decode(sequence), "</think>");
  assertEquals(endOfThinkingTokens(llama, "</think>", "last-sub-token"), [llama.tokenId(">")!]);
});

/** The tokenizer in Qwen's layout, with a merge that published ones have: a space and the backslash after it. */
async function mergingTokenizer() {
  const folder = await Deno.makeTempDir();
  const tokenizer = JSON.parse(await Deno.readTextFile(`${FOLDER}/qwen/tokenizer.json`));
  tokenizer.model.vocab["Ġ\\"] = 1 + Math.max(...tokenizer.added_tokens.map(({ id }: { id: number }) => id));
  tokenizer.model.merges.push(["Ġ", "\\"]);
  await Deno.writeTextFile(`${folder}/tokenizer.json`, JSON.stringify(tokenizer));
  await Deno.copyFile(`${FOLDER}/qwen/tokenizer_config.json`, `${folder}/tokenizer_config.json`);
  const loaded = await loadTokenizer(folder);
  await Deno.remove(folder, { recursive: true });
  return loaded;
}

const MARKER = PROMPT_TEMPLATES.conversation.endOfThinking;
const BOX = "\\boxed{";

Deno.test("the end of thinking is seen in the text where its last space is merged with the next sign", async () => {
  const tokenizer = await mergingTokenizer();
  const text = `so 3 + 4 = 7.\nThe final answer is: ${BOX}7}`;
  const ids = tokenizer.encode(text);
  assertEquals(tokenizer.decode(ids), text);
  // The sequence of the marker's own tokens is not there.
  const sequence = endOfThinkingTokens(tokenizer, MARKER, "text");
  assertEquals(tokenizer.decode(sequence), MARKER);
  assertEquals([...ids].some((_, i) => sequence.every((token, j) => ids[i + j] === token)), false);

  const { window, follow } = endOfThinkingText(tokenizer, MARKER, BOX);
  assertEquals(window, MARKER.length + 1);
  const thoughts = ids.keys().map((i) => ids.subarray(Math.max(0, i + 1 - window), i + 1)).toArray();
  const first = thoughts.findIndex((last) => follow(last) !== undefined);
  assertEquals(tokenizer.decode(ids.subarray(0, first + 1)), "so 3 + 4 = 7.\nThe final answer is: \\");
  // The backslash is there already.
  assertEquals(tokenizer.decode(follow(thoughts[first])!), "boxed{");
});

Deno.test("the end of thinking is seen in the text of the marker's own tokens, at the last of them", async () => {
  const tokenizer = await mergingTokenizer();
  const { follow } = endOfThinkingText(tokenizer, MARKER, BOX);
  const ids = tokenizer.encode(MARKER);
  assertEquals(follow(ids.subarray(0, -1)), undefined);
  assertEquals(tokenizer.decode(follow(ids)!), BOX);
  // What stands behind the marker is not the beginning of what follows: all of it is put there.
  assertEquals(tokenizer.decode(follow(tokenizer.encode(`${MARKER}7`))!), BOX);
  assertEquals(endOfThinkingText(tokenizer, MARKER, "").follow(ids), []);
});

Deno.test("the window holds a marker that is spelt in single bytes, whatever their characters", async () => {
  const tokenizer = await loadTokenizer(`${FOLDER}/qwen`);
  const { window, follow } = endOfThinkingText(tokenizer, "⟨ende⟩", "");
  const ids = tokenizer.encode("7 ⟨ende⟩");
  assertEquals(follow(ids.subarray(-window)), []);
  assertEquals(follow(ids.subarray(-window, -1)), undefined);
});

Deno.test("a tokenizer that cannot write the marker is refused", async () => {
  const tokenizer = await loadTokenizer("tests/golden/models/llama_bf16_tied");
  assertThrows(() => endOfThinkingTokens(tokenizer, "</think>"), BenchError, 'has no tokens for "</think>"');
});

Deno.test("a model without a chat template cannot take a chat turn", async () => {
  const tokenizer = await loadTokenizer(`${FOLDER}/qwen`);
  assertThrows(() => createPrompter(tokenizer, undefined, promptTemplate("question")), BenchError, "no chat template");
  assertEquals(await loadChatTemplate("tests"), undefined);
});

Deno.test("a list of chat templates means the one called default", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const list = [{ name: "tool_use", template: "t" }, { name: "default", template: "d" }];
    await Deno.writeTextFile(`${folder}/tokenizer_config.json`, JSON.stringify({ chat_template: list }));
    assertEquals(await loadChatTemplate(folder), "d");
    await Deno.writeTextFile(`${folder}/tokenizer_config.json`, "[");
    await assertRejects(() => loadChatTemplate(folder), BenchError, "it is not a JSON object");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a prompt that does not fit is named before anything runs, never truncated", () => {
  const prompts = [5, 11, 7].map((length) => ({ id: `p/${length}`, ids: new Int32Array(length) }));
  requirePromptsFit(prompts, { maxNewTokens: 20, maxPositions: 31 });
  const refuse = (limits: { maxPromptTokens?: number; maxNewTokens: number; maxPositions: number }, message: string) =>
    assertThrows(() => requirePromptsFit(prompts, limits), BenchError, message);
  refuse({ maxNewTokens: 25, maxPositions: 31 }, 'Cannot run 2 of 3 prompts: "p/11" has 11 tokens, at most 6 fit');
  refuse({ maxPromptTokens: 10, maxNewTokens: 1, maxPositions: 31 }, "at most 10 fit");
});

Deno.test("a prompt with a token that the model does not have is refused before anything is opened", () => {
  const prompts = [{ id: "a", ids: Int32Array.of(3, 16) }, { id: "b", ids: Int32Array.of(5, 17, 2) }];
  const limits = { maxNewTokens: 5, maxPositions: 31 };
  requirePromptsFit(prompts, { ...limits, vocabularySize: 18 });
  assertThrows(
    () => requirePromptsFit(prompts, { ...limits, vocabularySize: 17 }),
    BenchError,
    'Cannot run the prompts: "b" holds token 17, the model has 17; its tokenizer is another model\'s',
  );
});

Deno.test("a training prompt that does not fit is named with its length, the room, and what can be done", () => {
  const problems = [2, 13, 7].map((length) => ({ id: `t/${length}`, question: "q".repeat(length) }));
  const ids = ({ question }: { question: string }) => new Int32Array(question.length);
  const limits = { maxNewTokens: 20, maxPositions: 33 };
  assertEquals([promptRoom(limits), promptRoom({ ...limits, maxPromptTokens: 5 })], [13, 5]);
  requireTrainingPromptsFit(problems, ids, limits);
  assertThrows(
    () => requireTrainingPromptsFit(problems, ids, { ...limits, maxPositions: 32 }),
    BenchError,
    'Cannot run 1 of 3 training prompts: "t/13" has 13 tokens, at most 12 fit (model 32 positions, 20 new tokens); ' +
      'lower maxNewTokens, or leave such rows of a dataset out by training.longPrompts "leave-out"',
  );
});
