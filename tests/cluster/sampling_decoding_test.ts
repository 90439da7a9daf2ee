import { assertEquals, assertThrows } from "@std/assert";
import tiny from "../../benchmarks/tiny.ts";
import { serverDecoding, type ServerEngine } from "../../src/cluster/sampling_decoding.ts";
import { UsageError } from "../../src/errors.ts";
import { decodedExperiment } from "../../src/experiment/evaluate.ts";
import { type ResolvedEvaluation, resolveExperiment } from "../../src/experiment/resolve.ts";

const FILTER = { temperature: 0.7, topK: 5, topP: 0.95 };
const THINKING = { end: "</think>", endRule: "sequence", endIsDrawn: true, afterEnd: "" } as const;

function tokens(filter: object, answers: object = { rule: "sample", filter }, thinking: object = {}) {
  const decoding = { algorithm: { name: "discrete-grpo", filter }, answers, thinking: { ...THINKING, ...thinking } };
  return decoding as unknown as ResolvedEvaluation;
}

/** An evaluation of the default experiment. */
function named(decoding: string): ResolvedEvaluation {
  return resolveExperiment(decodedExperiment(tiny, decoding), { steps: 0 }).arms[0].evaluations[0];
}

function refused(decoding: ResolvedEvaluation, engine: ServerEngine, why: string): void {
  assertThrows(() => serverDecoding(decoding, engine), UsageError, why);
}

Deno.test("tokens under one filter are what vLLM draws, and others where their filters mean the same", () => {
  assertEquals(serverDecoding(tokens(FILTER), "vllm"), { kind: "tokens", filter: FILTER });
  const joint = { ...FILTER, nucleusOf: "vocabulary" };
  assertEquals(serverDecoding(tokens(joint), "sglang").kind, "tokens");
  assertEquals(serverDecoding(tokens({ temperature: 1, topP: 0.9 }), "openai").kind, "tokens");
});

Deno.test("a filter that a server would read otherwise is refused", () => {
  refused(tokens(FILTER), "sglang", 'set it to "vocabulary"');
  refused(tokens({ ...FILTER, nucleusOf: "vocabulary" }), "vllm", 'set it to "kept"');
  refused(tokens({ temperature: 1, topP: 0.9, minP: 0.1 }), "vllm", "min-p comes before top-p");
  refused(tokens(FILTER), "openai", "no top-k");
});

Deno.test("what one request cannot say is refused, not left out", () => {
  refused(tokens(FILTER, { rule: "greedy" }), "vllm", "answers by rule greedy");
  refused(tokens(FILTER, { rule: "sample", filter: { temperature: 1 } }), "vllm", "different filters");
  refused(tokens(FILTER, undefined, { afterEnd: "\\boxed{" }), "vllm", "it forces");
  refused(tokens(FILTER, undefined, { maxThoughts: 3 }), "vllm", "bounds the number of thoughts");
  refused(tokens(FILTER, undefined, { coldStop: { entropy: 0.1, length: 3 } }), "vllm", "by entropy");
});

Deno.test("soft thoughts are never drawn as tokens", () => {
  for (const decoding of ["soft-thinking", "soft-thinking-release", "hard-thoughts", "soft-thinking-noiseless"]) {
    for (const engine of ["vllm", "sglang", "openai"] as const) refused(named(decoding), engine, "no tokens");
  }
});

Deno.test("the soft-thinking server draws the released law and no other", () => {
  assertEquals(serverDecoding(named("soft-thinking-release"), "sglang-soft"), {
    kind: "soft",
    filter: { temperature: 1, topK: 5, topP: 0.95 },
    gumbelTemperature: 0.1,
    thinkEnd: "</think>",
  });
  refused(named("soft-thinking"), "sglang-soft", "take that decoding (preset release)");
  refused(named("soft-thinking-noiseless"), "sglang-soft", "preset release");
  refused(named("matched"), "sglang-soft", "preset release");
});

Deno.test("the soft-thinking server's own noise is asked for exactly", () => {
  const release = named("soft-thinking-release");
  const algorithm = release.algorithm as unknown as { perturbation: object };
  const perturbation = { ...algorithm.perturbation, clamp: { low: -2, high: 3 } };
  const other = { ...release, algorithm: { ...algorithm, perturbation } } as unknown as ResolvedEvaluation;
  refused(other, "sglang-soft", "clamped to [-1.5, 3]");
});
