import { InterruptedError } from "../../src/interruption.ts";
import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import type { ThoughtAlgorithm } from "../../src/algorithms/algorithm.ts";
import { discreteGrpo } from "../../src/algorithms/discrete_grpo.ts";
import { SOFT_THINKING_GRPO_PRESETS, softThinkingGrpo } from "../../src/algorithms/soft_thinking_grpo.ts";
import { softTokensGrpo } from "../../src/algorithms/soft_tokens_grpo.ts";
import { createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import { BenchError } from "../../src/errors.ts";
import { completionTokens } from "../../src/rollout/completion.ts";
import { noiseStream } from "../../src/random/streams.ts";
import { type ColdStop, rollout, type RolloutSettings } from "../../src/rollout/rollout.ts";
import { replayInputs, stepInput } from "../../src/rollout/step_inputs.ts";
import { certain, scriptedModel } from "../fixtures/scripted_model.ts";

const V = 7;
/** Prompt, thought tokens and markers of the script. */
const [END_OF_TEXT, END_1, END_2, BOX] = [0, 1, 2, 6];
const PROMPT = Int32Array.of(3);

function streams(count: number) {
  return Array.from(
    { length: count },
    (_, sample) => noiseStream({ seed: 1, purpose: "test", dataset: "d", problem: "p", sample }),
  );
}

const SETTINGS: RolloutSettings = {
  algorithm: discreteGrpo({ name: "discrete-grpo", filter: { temperature: 1 } }),
  answers: createAnswerSampler({ rule: "greedy" }),
  thinking: { end: [END_1, END_2], endIsDrawn: true, afterEnd: [] },
  endTokens: [END_OF_TEXT],
  maxNewTokens: 11,
};

/** Says 4, 5, then the two-token end of thinking, then 4, then end of text: by the number of tokens after the prompt. */
const SCRIPT = [4, 5, END_1, END_2, 4, END_OF_TEXT];
const scripted = () => scriptedModel(V, (history) => certain(V, SCRIPT[history.length - 1] ?? 5));

Deno.test("rollout() thinks until the whole end marker, then answers until end of text", async () => {
  const [[completion]] = await rollout(scripted(), [{ ids: PROMPT, streams: streams(1) }], SETTINGS);
  assertEquals([...completionTokens(completion)], SCRIPT);
  assertEquals(completion.steps.map((step) => step.kind), ["thought", "thought", "thought", "token", "token", "token"]);
  assertEquals(completion.finish, "stop");
});

Deno.test("rollout() stops at the length limit and says so", async () => {
  const settings = { ...SETTINGS, maxNewTokens: 5 };
  const [[completion]] = await rollout(scripted(), [{ ids: PROMPT, streams: streams(1) }], settings);
  assertEquals(completion.steps.length, 5);
  assertEquals(completion.finish, "length");
});

Deno.test("rollout() forces the end of thinking at its limit, and what follows it, without drawing them", async () => {
  const thinking = { end: [END_1, END_2], endIsDrawn: false, afterEnd: [BOX], maxThoughts: 2 };
  const model = scriptedModel(V, (history) => certain(V, history.at(-1) === BOX ? END_OF_TEXT : 4));
  const [[completion]] = await rollout(model, [{ ids: PROMPT, streams: streams(1) }], { ...SETTINGS, thinking });
  assertEquals([...completionTokens(completion)], [4, 4, END_1, END_2, BOX, END_OF_TEXT]);
  assertEquals(completion.steps.map((step) => step.kind), [
    "thought",
    "thought",
    "forced",
    "forced",
    "forced",
    "token",
  ]);
});

Deno.test("rollout() feeds what ends a shadow thought hard, and forces the prefix of the answer", async () => {
  // A noisy embedding is fed as an offset without ids, which the script cannot see: id 0 stands for it.
  const model = scriptedModel(
    V,
    (history) =>
      certain(V, history.length === 1 ? 4 : { 0: END_2, [END_2]: 4, [BOX]: 5, 5: END_OF_TEXT }[history.at(-1)!]!),
  );
  const settings: RolloutSettings = {
    ...SETTINGS,
    algorithm: softTokensGrpo({ name: "soft-tokens-grpo", temperature: 0.5, noiseScale: 0 }, 1),
    thinking: { end: [END_2], endIsDrawn: false, afterEnd: [BOX] },
  };
  const [[completion]] = await rollout(model, [{ ids: PROMPT, streams: streams(1) }], settings);
  assertEquals(completion.steps.map((step) => step.kind), ["thought", "forced", "forced", "token", "token"]);
  assertEquals([...completionTokens(completion)], [4, END_2, BOX, 5, END_OF_TEXT]);
});

Deno.test("rollout() drops what a step drew beside the token that ended the thinking", async () => {
  const [token, other] = [Int32Array.of(END_2), Int32Array.of(END_2, 4, 5)];
  const algorithm: ThoughtAlgorithm = {
    name: "several",
    temperature: 1,
    drawsTokens: true,
    reads: () => ({}),
    act: () => ({
      token: END_2,
      input: { ids: other, weights: Float32Array.of(0.5, 0.25, 0.25) },
      ids: other,
      scores: new Float32Array(0),
      count: 3,
      kept: other,
    }),
    densityReads: () => ({}),
    logDensity: () => 0,
  };
  const thinking = { ...SETTINGS.thinking, end: [END_2] };
  const settings: RolloutSettings = { ...SETTINGS, algorithm, thinking };
  const [[{ steps }]] = await rollout(scripted(), [{ ids: PROMPT, streams: streams(1) }], settings);
  const input = { ids: token, weights: Float32Array.of(1) };
  const action = { token: END_2, input, ids: token, scores: new Float32Array(0), count: 1, kept: other };
  assertEquals(steps[0], { kind: "token", token: END_2, action });
});

Deno.test("rollout() keeps with each token what scores it: its kept ids, and the algorithm's step that ended thinking", async () => {
  const filter = { temperature: 1, topK: 2 };
  const settings: RolloutSettings = {
    ...SETTINGS,
    algorithm: discreteGrpo({ name: "discrete-grpo", filter: { temperature: 1, topK: 3 }, support: "kept" }),
    answers: createAnswerSampler({ rule: "sample", filter, support: "kept" }),
  };
  const [[{ steps }]] = await rollout(scripted(), [{ ids: PROMPT, streams: streams(1) }], settings);
  const kept = steps.map((step) =>
    step.kind === "forced" ? [] : [...(step.kind === "token" ? step.action ?? step : step.action).kept!]
  );
  // The scripted token first, then the least ids of equal logits.
  assertEquals(kept, [[4, 0, 1], [5, 0, 1], [1, 0, 2], [2, 0, 1], [4, 0], [0, 1]]);
  assertEquals(steps.map((step) => step.kind === "token" && step.action?.token), [
    false,
    false,
    false,
    END_2,
    undefined,
    undefined,
  ]);
});

Deno.test("rollout() hands the token of a mixture that ends the thinking to the answers' law", async () => {
  const { paper } = SOFT_THINKING_GRPO_PRESETS;
  const settings: RolloutSettings = {
    ...SETTINGS,
    algorithm: softThinkingGrpo(paper),
    answers: createAnswerSampler({ rule: "sample", filter: { temperature: 1, topK: 2 }, support: "kept" }),
  };
  const [[{ steps }]] = await rollout(scripted(), [{ ids: PROMPT, streams: streams(1) }], settings);
  assertEquals(steps.map(({ kind }) => kind), ["thought", "thought", "thought", "token", "token", "token"]);
  assertEquals(steps[3], { kind: "token", token: END_2, kept: Int32Array.of(END_2, 0) });
});

Deno.test("rollout() ends a thought by its text where a rule on text is given, and puts there what the rule says", async () => {
  const asked: number[][] = [];
  const endText = {
    window: 2,
    follow: (tokens: Int32Array) => (asked.push([...tokens]), tokens.at(-1) === END_1 ? [BOX, 5] : undefined),
  };
  const thinking = { end: [END_2], endText, endIsDrawn: false, afterEnd: [4] };
  const script = [4, END_2, 5, END_1, 0, 0, END_OF_TEXT];
  const model = scriptedModel(V, (history) => certain(V, script[history.length - 1]));
  const [[completion]] = await rollout(model, [{ ids: PROMPT, streams: streams(1) }], { ...SETTINGS, thinking });
  assertEquals([...completionTokens(completion)], [4, END_2, 5, END_1, BOX, 5, END_OF_TEXT]);
  assertEquals(completion.steps.map(({ kind }) => kind), [
    ...["thought", "thought", "thought"],
    ...["forced", "forced", "forced"],
    "token",
  ]);
  assertEquals(asked, [[4], [4, END_2], [END_2, 5], [5, END_1]]);
});

/** A thinking of three positions, which would end at the second by the marker, and at the first by the end of text. */
const FIXED = { end: [END_2], endIsDrawn: true, afterEnd: [BOX], minThoughts: 3, maxThoughts: 3 } as const;
const ENDS = [END_OF_TEXT, END_2, END_OF_TEXT];
const insisting = (after: readonly number[]) =>
  scriptedModel(V, (history) => certain(V, [...ENDS, ...after][history.length - 1]));

Deno.test("rollout() lets nothing end a thinking that has too few positions: no marker, no end of text", async () => {
  const model = insisting([END_2, BOX, 4, END_OF_TEXT]);
  const settings = { ...SETTINGS, thinking: FIXED };
  const [[{ steps, finish }]] = await rollout(model, [{ ids: PROMPT, streams: streams(1) }], settings);
  assertEquals([...completionTokens({ steps, finish })], [...ENDS, END_2, BOX, 4, END_OF_TEXT]);
  assertEquals(steps.map(({ kind }) => kind), [
    ...["thought", "thought", "thought"],
    ...["forced", "forced"],
    ...["token", "token"],
  ]);
  assertEquals(finish, "stop");
});

Deno.test("rollout() goes on with ordinary tokens after the last thought where the rule says so, and forces nothing", async () => {
  const model = insisting([5, END_2, 4, END_OF_TEXT]);
  const settings: RolloutSettings = {
    ...SETTINGS,
    answers: createAnswerSampler({ rule: "sample", filter: { temperature: 1, topK: 2 }, support: "kept" }),
    thinking: { ...FIXED, atMaximum: "go-on" },
  };
  const [[{ steps, finish }]] = await rollout(model, [{ ids: PROMPT, streams: streams(1) }], settings);
  assertEquals([...completionTokens({ steps, finish })], [...ENDS, 5, END_2, 4, END_OF_TEXT]);
  assertEquals(steps.map(({ kind }) => kind), [...new Array(3).fill("thought"), ...new Array(4).fill("token")]);
  // By the answers' law from the first of them on.
  assertEquals(steps[3], { kind: "token", token: 5, kept: Int32Array.of(5, 0) });
});

Deno.test("rollout() ends a thinking by its marker once it is long enough, and by the end of text", async () => {
  const thinking = { end: [END_2], endIsDrawn: true, afterEnd: [], minThoughts: 2 };
  const run = async (script: readonly number[]) => {
    const model = scriptedModel(V, (history) => certain(V, script[history.length - 1]));
    const [[own]] = await rollout(model, [{ ids: PROMPT, streams: streams(1) }], { ...SETTINGS, thinking });
    return [own.steps.map(({ kind }) => kind).join(" "), own.finish];
  };
  assertEquals(await run([4, END_2, END_2, END_OF_TEXT]), ["thought thought token token", "stop"]);
  assertEquals(await run([END_OF_TEXT, 4, END_OF_TEXT]), ["thought thought thought", "stop"]);
});

Deno.test("rollout() stops a thinking that is too short at the length limit", async () => {
  const settings = { ...SETTINGS, thinking: FIXED, maxNewTokens: 2 };
  const [[{ steps, finish }]] = await rollout(insisting([]), [{ ids: PROMPT, streams: streams(1) }], settings);
  assertEquals([steps.map(({ kind }) => kind), finish], [["thought", "thought"], "length"]);
});

Deno.test("rollout() forces the whole marker at the limit under a rule on text too", async () => {
  const endText = { window: 2, follow: () => undefined };
  const thinking = { end: [END_1, END_2], endText, endIsDrawn: false, afterEnd: [BOX], maxThoughts: 1 };
  const model = scriptedModel(V, (history) => certain(V, history.at(-1) === BOX ? END_OF_TEXT : 4));
  const [[completion]] = await rollout(model, [{ ids: PROMPT, streams: streams(1) }], { ...SETTINGS, thinking });
  assertEquals([...completionTokens(completion)], [4, END_1, END_2, BOX, END_OF_TEXT]);
});

Deno.test("rollout() takes no end marker that began in the prompt, nor a part of one", async () => {
  const script = [END_2, END_1, 4, END_2, END_1, END_2, END_OF_TEXT];
  const model = scriptedModel(V, (history) => certain(V, script[history.length - 1]));
  const prompt = Int32Array.of(END_1);
  const [[completion]] = await rollout(model, [{ ids: prompt, streams: streams(1) }], SETTINGS);
  assertEquals([...completionTokens(completion)], script);
  assertEquals(completion.steps.map(({ kind }) => kind).indexOf("token"), 5);
});

Deno.test("rollout() ends the thinking of a model that stays sure for long enough", async () => {
  const coldStop = { entropyBelow: 0.01, positions: 3, temperature: 1 };
  const model = scriptedModel(V, (history) => certain(V, history.at(-1) === END_2 ? END_OF_TEXT : 5));
  const thinking = { end: [END_2], endIsDrawn: true, afterEnd: [], coldStop };
  const [[completion]] = await rollout(model, [{ ids: PROMPT, streams: streams(1) }], { ...SETTINGS, thinking });
  assertEquals([...completionTokens(completion)], [5, 5, END_2, END_OF_TEXT]);
});

/** Cold Stop by a script of sure (s) and unsure (u) positions; returns how many thoughts came before it. */
async function thoughtsBeforeColdStop(script: string, coldStop: ColdStop, minThoughts = 0): Promise<number> {
  const unsure = Array.from({ length: V }, (_, id) => (id === 5 ? 1 : 0));
  const model = scriptedModel(V, (history) => script[history.length - 1] === "s" ? certain(V, 5) : unsure);
  const thinking = { end: [END_2], endIsDrawn: true, afterEnd: [], coldStop, minThoughts };
  const settings = { ...SETTINGS, algorithm: GREEDY_THOUGHTS, thinking, maxNewTokens: script.length };
  const [[{ steps }]] = await rollout(model, [{ ids: PROMPT, streams: streams(1) }], settings);
  const end = steps.findIndex(({ kind }) => kind === "forced");
  return end < 0 ? Infinity : end;
}
const GREEDY_THOUGHTS = discreteGrpo({ name: "discrete-grpo", filter: { temperature: 1, topK: 1 } });

Deno.test("rollout() counts Cold Stop's sure positions in a row: an unsure one begins anew", async () => {
  const coldStop = { entropyBelow: 0.01, positions: 3, temperature: 1 };
  assertEquals(await thoughtsBeforeColdStop("ssussssss", coldStop), 5);
  assertEquals(await thoughtsBeforeColdStop("susussuss", coldStop), Infinity);
  assertEquals(await thoughtsBeforeColdStop("suuuuuuuu", { ...coldStop, positions: 1 }), 0);
});

Deno.test("rollout() counts sure positions of a thinking that is too short, and stops it once it may end", async () => {
  const coldStop = { entropyBelow: 0.01, positions: 2, temperature: 1 };
  assertEquals(await thoughtsBeforeColdStop("sssssss", coldStop), 1);
  assertEquals(await thoughtsBeforeColdStop("sssssss", coldStop, 4), 4);
  assertEquals(await thoughtsBeforeColdStop("sssusss", coldStop, 3), 5);
});

Deno.test("rollout() measures Cold Stop's entropy at its temperature, over the whole vocabulary", async () => {
  // p of logits 1 and six zeros: e/(e + 6) at T 1: 1.8536 nats; e^5 against six at T .2: .2339.
  const coldStop = { entropyBelow: 1.854, positions: 2, temperature: 1 };
  assertEquals(await thoughtsBeforeColdStop("uuuuu", coldStop), 1);
  assertEquals(await thoughtsBeforeColdStop("uuuuu", { ...coldStop, entropyBelow: 1.853 }), Infinity);
  assertEquals(await thoughtsBeforeColdStop("uuuuu", { ...coldStop, entropyBelow: 0.234, temperature: 0.2 }), 1);
  assertEquals(await thoughtsBeforeColdStop("uuuuu", { ...coldStop, entropyBelow: 0.233, temperature: 0.2 }), Infinity);
});

Deno.test("rollout() frees the decoder's cache when it is done, and when it fails", async () => {
  const model = scripted();
  await rollout(model, [{ ids: PROMPT, streams: streams(2) }], SETTINGS);
  assertEquals(model.disposed, ["3"]);
  const answers = {
    ...SETTINGS.answers,
    draw: () => {
      throw new Error("no luck");
    },
  };
  await assertRejects(
    () => rollout(model, [{ ids: PROMPT, streams: streams(2) }], { ...SETTINGS, answers }),
    Error,
    "luck",
  );
  assertEquals(model.disposed, ["3", "3"]);
});

Deno.test("rollout() feeds the mixture, and training feeds what the released code puts in its place", async () => {
  const algorithm = softThinkingGrpo(SOFT_THINKING_GRPO_PRESETS["dirichlet-release"]);
  const model = scriptedModel(V, (history) => Array.from({ length: V }, (_, id) => Math.sin(id * history.length)));
  const thinking = { end: [END_2], endIsDrawn: true, afterEnd: [], maxThoughts: 3 };
  const settings = { ...SETTINGS, algorithm, thinking, endTokens: [], maxNewTokens: 5 };
  const [[completion]] = await rollout(model, [{ ids: PROMPT, streams: streams(1) }], settings);
  const actions = completion.steps.flatMap((step) => step.kind === "thought" ? [step.action] : []);
  assertEquals(actions.length > 0, true);
  const rows = replayInputs(completion, V);
  actions.forEach(({ input, replayInput }, t) => {
    const fed = rows.weights.subarray(t * rows.width, (t + 1) * rows.width);
    assertEquals([...fed.subarray(0, replayInput!.weights.length)], [...replayInput!.weights]);
    assertNotEquals([...replayInput!.weights], [...input.weights]);
    assertEquals(stepInput(completion.steps[t]), input);
  });
  // A hard token is fed as it is, in training too.
  const hard = completion.steps.findIndex(({ kind }) => kind !== "thought");
  assertEquals(rows.weights[hard * rows.width], 1);
  assertEquals(rows.ids[hard * rows.width], completionTokens(completion)[hard]);
});

Deno.test("rollout() tells after every position how many sequences it computed", async () => {
  const told: number[] = [];
  const model = scriptedModel(V, (history) => certain(V, history[0] === 3 ? END_OF_TEXT : 5));
  const thinking = { end: [], endIsDrawn: true, afterEnd: [] };
  const prompts = [{ ids: PROMPT, streams: streams(2) }, { ids: Int32Array.of(4), streams: streams(3) }];
  await rollout(model, prompts, { ...SETTINGS, thinking, maxNewTokens: 3 }, {
    onPosition: (positions) => void told.push(positions),
  });
  assertEquals(told, [5, 3, 3]);
});

Deno.test("rollout() hands over completions as they are finished, and waits for who takes them", async () => {
  const model = scriptedModel(V, (history) => certain(V, history[0] === 3 ? END_OF_TEXT : 5));
  const thinking = { end: [], endIsDrawn: true, afterEnd: [] };
  const prompts = [{ ids: PROMPT, streams: streams(2) }, { ids: Int32Array.of(4), streams: streams(3) }];
  const taken: [number, number, number][] = [];
  let waited = 0;
  const completions = await rollout(model, prompts, { ...SETTINGS, thinking, maxNewTokens: 3 }, {
    onPosition: async (_, finished) => {
      await Promise.resolve();
      waited++;
      for (const { prompt, sample, completion } of finished) taken.push([prompt, sample, completion.steps.length]);
    },
  });
  assertEquals(waited, 3);
  assertEquals(
    taken,
    completions.flatMap((group, b) => group.map(({ steps }, g) => [b, g, steps.length] as const)) as typeof taken,
  );
});

Deno.test("rollout() stops between two positions when it is interrupted", async () => {
  const controller = new AbortController();
  const thinking = { end: [], endIsDrawn: true, afterEnd: [] };
  const told: number[] = [];
  await assertRejects(
    () =>
      rollout(scriptedModel(V, () => certain(V, 5)), [{ ids: PROMPT, streams: streams(2) }], {
        ...SETTINGS,
        thinking,
        maxNewTokens: 7,
      }, {
        abort: controller.signal,
        onPosition: (positions) => {
          told.push(positions);
          if (told.length === 3) controller.abort("SIGINT");
        },
      }),
    InterruptedError,
  );
  assertEquals(told, [2, 2, 2]);
});

Deno.test("rollout() without an end marker has no thought phase", async () => {
  const thinking = { end: [], endIsDrawn: true, afterEnd: [] };
  const [[completion]] = await rollout(scripted(), [{ ids: PROMPT, streams: streams(1) }], { ...SETTINGS, thinking });
  assertEquals(new Set(completion.steps.map((step) => step.kind)), new Set(["token"]));
});

Deno.test("rollout() refuses logits that are no law where a position is drawn, and reads none where it is forced", async () => {
  const thinking = { end: [END_1, END_2], endIsDrawn: false, afterEnd: [BOX], maxThoughts: 2 };
  const broken = (position: number) =>
    scriptedModel(V, (history) => history.length - 1 === position ? new Array(V).fill(NaN) : certain(V, 4));
  const prompts = [{ ids: PROMPT, streams: streams(1) }, { ids: PROMPT, streams: streams(1), name: "problem p0" }];
  const settings = { ...SETTINGS, thinking };
  await assertRejects(() => rollout(broken(5), prompts, settings), BenchError, "draw position 6 of prompt 1 of 2: ");
  await assertRejects(() => rollout(broken(1), prompts.slice(1), settings), BenchError, "position 2 of problem p0: ");
  // Positions 3 and 4 are forced after the one at which the limit is met.
  for (const forced of [3, 4]) await rollout(broken(forced), prompts, settings);
});

Deno.test("rollout() draws the same completion whatever else is in the batch", async () => {
  const uncertain = () =>
    scriptedModel(V, (history) => Array.from({ length: V }, (_, id) => Math.sin(id * history.length)));
  const alone = await rollout(uncertain(), [{ ids: PROMPT, streams: [streams(3)[2]] }], SETTINGS);
  const together = await rollout(uncertain(), [
    { ids: Int32Array.of(4, 4), streams: streams(5) },
    { ids: PROMPT, streams: streams(3) },
  ], SETTINGS);
  assertEquals(together[1][2], alone[0][0]);
  assertEquals(together.map((group) => group.length), [5, 3]);
});

Deno.test("rollout() feeds nothing to finished sequences", async () => {
  const model = scriptedModel(V, (history) => certain(V, history[0] === 3 || history.length > 4 ? END_OF_TEXT : 5));
  const thinking = { end: [], endIsDrawn: true, afterEnd: [] };
  await rollout(model, [
    { ids: PROMPT, streams: streams(2) },
    { ids: Int32Array.of(4), streams: streams(3) },
  ], { ...SETTINGS, thinking });
  assertEquals(model.steps, [3, 3, 3, 3]);
});
