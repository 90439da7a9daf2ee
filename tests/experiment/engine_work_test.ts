import { assert, assertEquals } from "@std/assert";
import { MULTIPLEX_GRPO_PRESETS } from "../../src/algorithms/multiplex_grpo.ts";
import tiny from "../../benchmarks/tiny.ts";
import { engineWork, keptLaws, mostSequences, referenceWork, savedBytes } from "../../src/experiment/engine_work.ts";
import { type ResolvedExperimentConfig, resolveExperiment } from "../../src/experiment/resolve.ts";

const PROBLEMS = { promptTokens: 61, trainingPromptTokens: 53, problems: 7 };
const KL = { estimator: "k3" as const, coefficient: 0.001 };

function anchored(label: string, config: ResolvedExperimentConfig): ResolvedExperimentConfig {
  const [arm] = config.arms.filter((own) => own.label === label);
  const objective = { ...arm.objective!, loss: { ...arm.objective!.loss, kl: KL } };
  return { ...config, arms: [{ ...arm, objective }] };
}

Deno.test("what is drawn and replayed follows from arms, groups, samples and lengths", () => {
  const config = resolveExperiment(tiny, { arms: ["base", "discrete-grpo"], samples: 11, maxNewTokens: 17 });
  const { trains, decodings, replays } = engineWork(config, PROBLEMS)({
    sequences: 31,
    recompute: true,
    packs: true,
    records: false,
  });
  assert(trains);
  // Seven decodings of the base and two of the trained arm, and the rollout of 16 prompts x 8.
  assertEquals(decodings.length, 7 + 2 + 1);
  const sizes = decodings.map(({ prompts, promptTokens, sequences, newTokens }) =>
    [prompts, promptTokens, sequences, newTokens].join(" ")
  );
  // 31 sequences of 11 samples a problem touch four problems, of 8 completions a prompt five prompts.
  assertEquals(new Set(sizes), new Set(["4 61 31 17", "5 53 31 17"]));
  const [{ prompts, completions, promptTokens, newTokens, backward }] = replays;
  assertEquals([replays.length, prompts, completions, promptTokens, newTokens], [1, 16, 8, 53, 17]);
  assertEquals(backward, "recomputed");
  assertEquals(mostSequences(config, PROBLEMS), 16 * 8);
  assertEquals(mostSequences(config, { ...PROBLEMS, problems: 40 }), 40 * 11);
});

Deno.test("mixtures feed as many ids as are read, and embeddings with noise an offset", () => {
  const fed = (label: string) => {
    const config = resolveExperiment(tiny, { arms: [label], maxNewTokens: 17 });
    const { kept, hasOffset } =
      engineWork(config, PROBLEMS)({ sequences: 31, recompute: false, packs: true, records: false }).replays[0];
    return { kept, hasOffset };
  };
  const { topK } = (tiny.arms.find(({ label }) => label === "soft-thinking-grpo")!.algorithm as {
    filter: { topK: number };
  }).filter;
  assertEquals(fed("soft-thinking-grpo"), { kept: topK, hasOffset: false });
  assertEquals(fed("soft-tokens-grpo").hasOffset, true);
});

Deno.test("several updates of a rollout are smaller, and score all of it once before", () => {
  const config = resolveExperiment(tiny, { arms: ["discrete-grpo"], maxNewTokens: 17 });
  const off = { ...config, training: { ...config.training, minibatches: 3 } };
  const { replays } = engineWork(off, PROBLEMS)({ sequences: 31, recompute: false, packs: true, records: false });
  assertEquals(replays.map(({ prompts, backward }) => [prompts, backward]), [[6, "kept"], [16, undefined]]);
});

Deno.test("what is recorded of a step's rollouts is held beside them and their replay, not beside evaluations", () => {
  const config = resolveExperiment(tiny, { arms: ["discrete-grpo"], maxNewTokens: 17 });
  const cut = { sequences: 31, recompute: false, packs: true, records: true };
  const { decodings, replays } = engineWork(config, PROBLEMS)(cut);
  const recorded = decodings.map(({ recording }) => recording).filter((recording) => recording !== undefined);
  assertEquals([recorded.length, decodings.length], [1, 3]);
  const [{ promptLengths, sequences, maxNewPositions }] = recorded;
  assertEquals([sequences, maxNewPositions], [16 * 8, 17]);
  // Drawn in five parts, four prompts lie in two of them; the rows of each are rounded up.
  assertEquals(promptLengths.filter((length) => length === 53).length, 16 + 4);
  assertEquals(promptLengths.length, 16 + 4 + 5);
  assertEquals(replays.map(({ backward, recording }) => [backward, recording]), [["recomputed", recorded[0]]]);
  // Drawn up to four times.
  const again = {
    ...config,
    training: { ...config.training, minibatches: 3, equalGroups: { draws: 3, then: "keep" } },
  };
  const more = engineWork(again as ResolvedExperimentConfig, PROBLEMS)(cut);
  assertEquals(more.replays.map(({ backward, recording }) => [backward, recording?.sequences]), [
    ["recomputed", 4 * 16 * 8],
    ["kept", undefined],
    [undefined, 4 * 16 * 8],
  ]);
});

Deno.test("an untrained experiment replays nothing, and has no reference", () => {
  const config = resolveExperiment(tiny, { arms: ["base"] });
  const { trains, replays } = engineWork(config, PROBLEMS)({
    sequences: 31,
    recompute: false,
    packs: true,
    records: false,
  });
  assertEquals([trains, replays, referenceWork(config, PROBLEMS), keptLaws(config)], [false, [], undefined, 0]);
});

Deno.test("a divergence in closed form over the vocabulary keeps a law of every thought, another none", () => {
  const config = resolveExperiment(tiny, { maxNewTokens: 17 });
  const discrete = anchored("discrete-grpo", config);
  assertEquals(referenceWork(discrete, PROBLEMS)!.replays.map(({ prompts }) => prompts), [16]);
  assertEquals(keptLaws(discrete), 0);
  const multiplex = { ...discrete.arms[0], algorithm: MULTIPLEX_GRPO_PRESETS.release };
  assertEquals(keptLaws({ ...discrete, arms: [multiplex] }), 16 * 8 * 17);
});

Deno.test("a checkpoint holds weights and two moments", () => {
  assertEquals(savedBytes(1009), 12 * 1009);
});
