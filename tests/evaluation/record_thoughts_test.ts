import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { createAlgorithm } from "../../src/algorithms/registry.ts";
import { nearestTokens, recordThoughts } from "../../src/evaluation/record_thoughts.ts";
import { noiseStream } from "../../src/random/streams.ts";
import { createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import { rollout } from "../../src/rollout/rollout.ts";
import type { AlgorithmConfig } from "../../src/algorithms/registry.ts";
import { certain, scriptedModel } from "../fixtures/scripted_model.ts";

const V = 7;
const END = 6;
const FILTER = { temperature: 1, topK: 4, topP: 1 };
const model = scriptedModel(
  V,
  (history) =>
    history.length > 5
      ? certain(V, END)
      : Array.from({ length: V }, (_, id) => id === END ? -9 : Math.sin(id * history.length)),
);
const decodeTokens = (tokens: Int32Array) => `t${tokens.join(" ")}`;
const streamOf = (sample: number) =>
  noiseStream({ seed: 3, purpose: "evaluation", dataset: "d", problem: "p", sample });

async function drawn(config: AlgorithmConfig, sample = 0) {
  const stream = streamOf(sample);
  const algorithm = createAlgorithm(config, await model.coordinateRms());
  const [[completion]] = await rollout(model, [{ ids: Int32Array.of(1, 2), streams: [stream] }], {
    algorithm,
    answers: createAnswerSampler({ rule: "greedy" }),
    thinking: { end: [END], endIsDrawn: false, afterEnd: [] },
    endTokens: [0],
    maxNewTokens: 11,
  });
  return { prompt: Int32Array.of(1, 2), completion, stream };
}

const MIXTURE = {
  name: "soft-thinking-grpo",
  filter: FILTER,
  perturbation: { kind: "gumbel", temperature: 0.5, floor: 0 },
  support: "kept",
  score: "sum",
  replay: "rollout-mixture",
} as const;

Deno.test("what is kept of a mixture gives its weights again: softmax of (log p + noise) / τ over the kept tokens", async () => {
  const watched = await drawn(MIXTURE);
  const [thoughts] = await recordThoughts(model, [watched], { temperature: 1, noise: "gumbel", decodeTokens });
  assertEquals(thoughts.length, watched.completion.steps.filter(({ kind }) => kind === "thought").length);
  assert(thoughts.length > 2);
  for (const { seen, token, entropy } of thoughts) {
    const fed = seen.filter(([, , weight]) => weight > 0);
    const scores = fed.map(([, p, , gumbel]) => Math.exp((Math.log(p) + gumbel!) / 0.5));
    const sum = scores.reduce((a, b) => a + b);
    // Weights and probabilities are kept to four decimals.
    fed.forEach(([, , weight], i) => assertAlmostEquals(scores[i] / sum, weight, 5e-3));
    assertEquals(token, seen[0][0]);
    assert(entropy > 0 && entropy <= Math.log(V));
  }
});

Deno.test("a token of discrete GRPO is the kept one whose log p plus noise is greatest, under the noise that mixtures meet", async () => {
  const [discrete, mixed] = [await drawn({ name: "discrete-grpo", filter: FILTER }), await drawn(MIXTURE)];
  const [[first], [other]] = await Promise.all(
    [discrete, mixed].map(async (watched) =>
      (await recordThoughts(model, [watched], { temperature: 1, noise: "gumbel", decodeTokens }))[0]
    ),
  );
  const kept = first.seen.toSorted((a, b) => b[1] - a[1]).slice(0, FILTER.topK);
  const best = kept.toSorted((a, b) => Math.log(b[1]) + b[3]! - Math.log(a[1]) - a[3]!)[0];
  assertEquals([first.token, best[2]], [best[0], 1]);
  const noiseOf = (text: string) => other.seen.find(([own]) => own === text)?.[3];
  for (const [text, , , gumbel] of kept) assertEquals(noiseOf(text), gumbel);
});

Deno.test("several thoughts of different lengths are read side by side, each as if it were alone", async () => {
  const all = [
    await drawn(MIXTURE),
    await drawn(MIXTURE, 5),
    await drawn({ name: "discrete-grpo", filter: FILTER }, 2),
  ];
  const settings = { temperature: 1, decodeTokens };
  const together = await recordThoughts(model, all, settings);
  for (const [i, watched] of all.entries()) {
    assertEquals(together[i], (await recordThoughts(model, [watched], settings))[0]);
  }
});

Deno.test("of a noisy embedding the nearest tokens are kept, and how strong the noise was", async () => {
  const config = { name: "soft-tokens-grpo", temperature: 1, noiseScale: 0.33 } as const;
  const [thoughts] = await recordThoughts(model, [await drawn(config)], {
    temperature: 1,
    noise: "embedding",
    decodeTokens,
  });
  for (const { nearest, noiseShare, seen } of thoughts) {
    assertEquals(nearest!.length, 3);
    assert(noiseShare! > 0 && seen.every(([, , , gumbel]) => gumbel === null));
  }
});

Deno.test("weights, of which every batch would take a copy, are left alone where no thought was a noisy embedding", async () => {
  const unread = { ...model, weights: () => Promise.reject(new Error("read")) };
  const settings = { temperature: 1, decodeTokens };
  const watched = [await drawn(MIXTURE)];
  assertEquals(await recordThoughts(unread, watched, settings), await recordThoughts(model, watched, settings));
});

Deno.test("the nearest tokens are those of the largest cosine, whatever their length", () => {
  const values = Float32Array.of(...[1, 0], ...[0, 9], ...[3, 4], ...[0, 0], ...[-2, 0]);
  const found = nearestTokens(Float32Array.of(0.6, 0.8), { shape: [5, 2], data: values });
  assertEquals(found.map(({ id }) => id), [2, 1, 0]);
  for (const [i, cosine] of [1, 0.8, 0.6].entries()) assertAlmostEquals(found[i].cosine, cosine, 1e-6);
});

Deno.test("a completion without a thought keeps none", async () => {
  const { prompt, stream } = await drawn(MIXTURE);
  const completion = { steps: [{ kind: "token", token: 2 }], finish: "length" } as const;
  assertEquals(await recordThoughts(model, [{ prompt, stream, completion }], { temperature: 1, decodeTokens }), [[]]);
});
