import { assertEquals } from "@std/assert";
import { filterText } from "../../src/algorithms/law.ts";
import { ALGORITHM_PRESETS, thoughtLaw } from "../../src/algorithms/registry.ts";

Deno.test("a filter in words says all that it cuts by", () => {
  assertEquals(filterText({ temperature: 1 }), "T 1, no filter");
  assertEquals(
    filterText({ temperature: 0.6, topK: 30, topP: 0.95, minP: 0.001 }),
    "T 0.6, top-k 30, top-p 0.95, min-p 0.001",
  );
  assertEquals(filterText({ temperature: 1, topP: 0.9, nucleusOf: "vocabulary" }), "T 1, top-p 0.9 of all");
});

Deno.test("laws say whether one token is fed, and by which noise thoughts differ", () => {
  const { "discrete-grpo": discrete, "soft-thinking-grpo": gumbel, "soft-tokens-grpo": butt } = ALGORITHM_PRESETS;
  const facts = (config: Parameters<typeof thoughtLaw>[0]) => {
    const { text, hard, noise } = thoughtLaw(config);
    return [text, hard, noise];
  };
  assertEquals(facts(discrete.paper), ["tokens", "yes", "gumbel"]);
  assertEquals(facts(gumbel.paper), ["Gumbel mixtures τ 0.1", "no", "gumbel"]);
  assertEquals(facts(gumbel.release), ["clamped Gumbel mixtures τ 0.1", "no", "gumbel"]);
  assertEquals(facts(gumbel["hard-thoughts"]), ["Gumbel mixtures τ 0.001", "nearly", "gumbel"]);
  assertEquals(facts(gumbel["dirichlet-matched"]), ["Dirichlet mixtures α 1", "no", "other"]);
  assertEquals(facts(gumbel["gaussian-matched"]), ["Gaussian mixtures σ 0.05", "no", "other"]);
  assertEquals(facts(butt.soft), ["noisy mean embeddings τ 0.5", "no", "embedding"]);
  assertEquals(facts({ ...butt.soft, noiseScale: 0 }), ["mean embeddings τ 0.5", "no", undefined]);
  assertEquals(facts(ALGORITHM_PRESETS["soft-thinking"].release), ["mixtures without noise", "no", undefined]);
});

Deno.test("a law's filter is that of its settings; noise on embeddings has none", () => {
  const { "soft-thinking-grpo": gumbel, "soft-tokens-grpo": butt } = ALGORITHM_PRESETS;
  assertEquals(thoughtLaw(gumbel.paper).filter, gumbel.paper.filter);
  assertEquals(thoughtLaw(butt.soft).filter, undefined);
});
