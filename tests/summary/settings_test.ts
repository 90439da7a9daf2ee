import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../src/files/json.ts";
import { isOwnDecoding, settingsThatDiffer } from "../../src/summary/settings.ts";
import { exampleResult } from "../result/example.ts";

const FILTER = { temperature: 1, topK: 5 };
const TOKENS = { name: "discrete-grpo", filter: FILTER };
const ANSWERS = { rule: "sample", filter: FILTER };
const THINKING = { end: "</think>" };

function decoded(changes: JsonObject = {}) {
  const base = exampleResult();
  const decoding = {
    text: "x",
    matched: true,
    thoughts: TOKENS,
    answers: ANSWERS,
    thinking: THINKING,
    maxNewTokens: 40,
    ...changes,
  };
  const config = { arms: [{ label: "own", algorithm: TOKENS, answers: ANSWERS, thinking: THINKING }] };
  return { ...base, decoding, experiment: { ...base.experiment, config } };
}

function untrained(result: ReturnType<typeof decoded>) {
  return { ...result, arm: { ...result.arm, algorithm: "base", objective: null } };
}

Deno.test("equal settings do not differ, in whatever order their keys stand", () => {
  const turned = decoded({ thoughts: { filter: { topK: 5, temperature: 1 }, name: "discrete-grpo" } });
  assertEquals(settingsThatDiffer(decoded(), turned), []);
});

Deno.test("each setting of a decoding has a name of its own", () => {
  const differing: [JsonObject, string[]][] = [
    [{ thoughts: { ...TOKENS, name: "soft-thinking" } }, ["thoughts"]],
    [{ thoughts: { ...TOKENS, filter: { temperature: 1 } } }, ["filter"]],
    [{ thoughts: { ...TOKENS, filter: { temperature: 0.6, topK: 5 } } }, ["filter"]],
    [{ answers: { ...ANSWERS, filter: { temperature: 1 } } }, ["filter of answers"]],
    [{ answers: { rule: "greedy", filter: FILTER } }, ["answers"]],
    [{ thinking: { end: "done" } }, ["end of thinking"]],
    [{ maxNewTokens: 41 }, ["longest completion"]],
  ];
  for (const [changes, names] of differing) assertEquals(settingsThatDiffer(decoded(), decoded(changes)), names);
});

Deno.test("trained against untrained is one setting, training", () => {
  assertEquals(settingsThatDiffer(decoded(), untrained(decoded())), ["training"]);
  assertEquals(settingsThatDiffer(untrained(decoded()), untrained(decoded({ maxNewTokens: 41 }))), [
    "longest completion",
  ]);
});

Deno.test("two trained rows differ by each part of their objective and of their training", () => {
  const own = decoded();
  const other = (objective: JsonObject) => ({ ...own, arm: { ...own.arm, objective } });
  assertEquals(settingsThatDiffer(own, other({ ...own.arm.objective, advantage: { kind: "rloo" } })), ["advantage"]);
  assertEquals(settingsThatDiffer(own, other({ ...own.arm.objective, training: { minibatches: 2 } })), ["minibatches"]);
  const law = { ...own, experiment: { ...own.experiment, config: { arms: [{ algorithm: {}, answers: ANSWERS }] } } };
  assertEquals(settingsThatDiffer(own, law), ["training thoughts", "training filter", "training end of thinking"]);
});

Deno.test("a decoding is a row's own where training drew by it", () => {
  assertEquals(isOwnDecoding(decoded()), true);
  assertEquals(isOwnDecoding(decoded({ maxNewTokens: 99 })), true);
  assertEquals(isOwnDecoding(decoded({ answers: { rule: "greedy" } })), false);
  assertEquals(isOwnDecoding(untrained(decoded())), false);
});

Deno.test("counts that others published differ by the words for their decoding", () => {
  const published = (text: string) => ({ ...untrained(decoded()), decoding: { text, matched: false } });
  assertEquals(settingsThatDiffer(published("soft"), published("discrete")), ["decoding"]);
});
