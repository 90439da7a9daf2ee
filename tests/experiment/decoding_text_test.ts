import { assertEquals } from "@std/assert";
import { decodingText } from "../../src/experiment/decoding_text.ts";
import { ALGORITHM_PRESETS } from "../../src/algorithms/registry.ts";

const { paper, release } = ALGORITHM_PRESETS["soft-thinking-grpo"];

Deno.test("a row says its mixture, temperature and filter, and its answers where they are drawn otherwise", () => {
  const sample = { rule: "sample", filter: paper.filter } as const;
  assertEquals(decodingText({ algorithm: paper, answers: sample }), "Gumbel mixtures τ 0.1, T 1, top-k 5, top-p 0.95");
  assertEquals(
    decodingText({ algorithm: paper, answers: { rule: "sample", filter: { temperature: 0.6 } } }),
    "Gumbel mixtures τ 0.1, T 1, top-k 5, top-p 0.95; answers T 0.6, no filter",
  );
  assertEquals(
    decodingText({
      algorithm: release,
      answers: { rule: "argmax-noised", filter: release.filter, perturbation: release.perturbation },
    }),
    "clamped Gumbel mixtures τ 0.1, T 1, top-k 5, top-p 0.95; answers argmax of noised scores, under the same filter",
  );
  assertEquals(
    decodingText({ algorithm: ALGORITHM_PRESETS["soft-tokens-grpo"].soft, answers: { rule: "greedy" } }),
    "noisy mean embeddings τ 0.5; answers greedy",
  );
});

Deno.test("a row says for how many positions a model thinks where it then goes on with tokens", () => {
  const answers = { rule: "sample", filter: paper.filter } as const;
  const text = (thinking: { maxThoughts?: number; atMaximum?: "force-end" | "go-on" }) =>
    decodingText({ algorithm: paper, answers, thinking });
  const law = "T 1, top-k 5, top-p 0.95";
  assertEquals(
    text({ maxThoughts: 12, atMaximum: "go-on" }),
    `12 positions of Gumbel mixtures τ 0.1, then tokens, ${law}`,
  );
  assertEquals(text({ maxThoughts: 12, atMaximum: "force-end" }), `Gumbel mixtures τ 0.1, ${law}`);
  assertEquals(text({ maxThoughts: 12 }), `Gumbel mixtures τ 0.1, ${law}`);
});

Deno.test("a row without thoughts says how its tokens are drawn", () => {
  const algorithm = ALGORITHM_PRESETS["discrete-grpo"].paper;
  const thinking = { maxThoughts: 0, atMaximum: "go-on" } as const;
  const filter = { temperature: 0.6, topP: 0.9 };
  assertEquals(decodingText({ algorithm, answers: { rule: "sample", filter }, thinking }), "tokens, T 0.6, top-p 0.9");
  assertEquals(decodingText({ algorithm, answers: { rule: "greedy" }, thinking }), "tokens, greedy");
});
