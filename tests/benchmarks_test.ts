import { assert, assertEquals } from "@std/assert";
import smollm2Arithmetic from "../benchmarks/smollm2_arithmetic.ts";
import tiny from "../benchmarks/tiny.ts";
import { thoughtLaw } from "../src/algorithms/registry.ts";
import { decodingText } from "../src/experiment/decoding_text.ts";
import { armTraining, resolveExperiment } from "../src/experiment/resolve.ts";
import { experimentNames, loadExperiment } from "../src/commands/experiment_arguments.ts";
import { ARITHMETIC_SOURCE, datasetNames } from "../src/datasets/registry.ts";

for (const name of experimentNames()) {
  Deno.test(`benchmarks/${name}.ts resolves, and names datasets that there are`, async () => {
    const config = resolveExperiment(await loadExperiment(name));
    for (const dataset of config.datasets) assert(datasetNames().includes(dataset), dataset);
    assert([ARITHMETIC_SOURCE, ...datasetNames()].includes(config.training.source), config.training.source);
    assert(config.arms.some(({ objective }) => objective === undefined), "an untrained arm");
    const labels = config.arms.flatMap(({ evaluations }) => evaluations.map(({ label }) => label));
    assertEquals(new Set(labels).size, labels.length);
  });
}

/** Of the SofT-GRPO paper's experiments: the model's micro-batch of the release, which decides what its loss is. */
const PAPER_MODELS = [["paper_1_5b", 2], ["paper_3b", 2], ["paper_7b", 1]] as const;

for (const [name, microBatch] of PAPER_MODELS) {
  Deno.test(`benchmarks/${name}.ts follows table 7 of arXiv:2511.06411 and the released script`, async () => {
    const config = resolveExperiment(await loadExperiment(name));
    const arm = (label: string) => config.arms.find((own) => own.label === label)!;
    // One pass over 40,315 problems in batches of 64, 8 completions each, 8,192 tokens, mini-batches of 32 prompts.
    const { optimizer: _, ...training } = config.training;
    assertEquals(training, {
      source: "deepscaler_softgrpo",
      steps: 629,
      promptsPerStep: 64,
      groupSize: 8,
      minibatches: 2,
      checkpointEvery: 20,
    });
    assertEquals([config.maxNewTokens, config.evaluationMaxNewTokens, config.samples], [8192, 32_768, 32]);
    assertEquals(config.prompt, "step-by-step");

    // Rate 1e-6, clip .2, dual clip 3, β .001 by k3, gradient norm 1, decay .01.
    const { optimizer } = config.training;
    assertEquals(
      [optimizer.schedule.peak, optimizer.schedule.warmUp, optimizer.weightDecay, optimizer.maxGradientNorm],
      [
        1e-6,
        0,
        0.01,
        1,
      ],
    );
    const release = arm("soft-thinking-grpo-release");
    assertEquals(release.objective?.loss, {
      surrogate: { kind: "clipped-ratio", low: 0.2, high: 0.2, dual: 3 },
      ratioOver: "token",
      oldDensity: "replayed",
      aggregation: { kind: "micro-batch-token-mean", completions: microBatch },
      kl: { estimator: "k3", coefficient: 0.001, cap: 10 },
      trainInputs: false,
    });
    assertEquals(release.objective?.grader, { name: "release-string", boxed: false });
    assertEquals(release.objective?.reward, { correct: 1, extracted: 0, missing: 0 });
    assertEquals(release.thinking.endRule, "last-sub-token");
    assertEquals(thoughtLaw(release.algorithm).text, "clamped Gumbel mixtures τ 0.1");
    assertEquals(thoughtLaw(release.algorithm).filter, { temperature: 1, topK: 5, topP: 0.95 });
    // "T 1.0, top-p 1, top-k -1" of the discrete baseline, whose inputs verl trains.
    const discrete = arm("discrete-grpo");
    assertEquals(thoughtLaw(discrete.algorithm).filter, { temperature: 1 });
    assertEquals([discrete.objective?.loss.trainInputs, discrete.objective?.loss.kl?.coefficient], [true, 0.001]);
    assertEquals(discrete.evaluations.map(({ label }) => label), [
      "discrete-grpo.discrete",
      "discrete-grpo.soft-thinking",
      "discrete-grpo.matched",
    ]);
    // Its test decoding: T .6, top-p .95, top-k 30, and the same on mixtures of τ_g .5.
    const [tokens, mixtures] = discrete.evaluations.map(decodingText);
    assertEquals(tokens, "tokens, T 0.6, top-k 30, top-p 0.95 of all");
    assert(mixtures.startsWith("clamped Gumbel mixtures τ 0.5, T 0.6, top-k 30, top-p 0.95"), mixtures);
  });

  Deno.test(`benchmarks/${name}.ts gives Butt et al. their own updates, optimizer and reward, and hard inference`, async () => {
    const config = resolveExperiment(await loadExperiment(name));
    const butt = config.arms.find(({ label }) => label === "soft-tokens-grpo")!;
    // arXiv:2509.19170: on-policy without a ratio; AdamW, 6e-6, cosine, 20 warm-up steps; 100 / 10 / 0 (Eq. 11).
    const { minibatches, optimizer } = armTraining(config, butt);
    assertEquals([minibatches, optimizer.weightDecay, optimizer.schedule], [
      1,
      0,
      { peak: 6e-6, unit: "update", warmUp: 20, decay: { kind: "cosine", floor: 0 } },
    ]);
    assertEquals(butt.objective?.reward, { correct: 100, extracted: 10, missing: 0 });
    assertEquals(butt.evaluations.map(({ decoding }) => decoding), ["noisy-embedding", "hard-sample", "matched"]);
    const base = config.arms.find(({ objective }) => objective === undefined)!;
    const decodings = base.evaluations.map(({ decoding }) => decoding);
    for (const own of ["noisy-embedding", "hard-sample", "soft-thinking-release", "matched"]) {
      assert(decodings.includes(own));
    }
  });
}

/** Experiments whose arms are to differ in their algorithm alone, with how many share one objective. */
const EQUAL = [[tiny, 5], [smollm2Arithmetic, 5]] as const;

for (const [experiment, sharing] of EQUAL) {
  Deno.test(`${experiment.name} holds everything equal but the algorithm`, () => {
    const config = resolveExperiment(experiment);
    const trained = config.arms.filter(({ objective }) => objective !== undefined);
    assertEquals(config.arms.filter(({ training }) => training !== undefined), []);
    for (const { label, objective } of trained) {
      assertEquals(objective!.loss.trainInputs, false, label);
      assertEquals(objective!.reward, { correct: 1, extracted: 0, missing: 0 }, label);
      assertEquals(
        [objective!.loss.kl, objective!.grader, objective!.maskTruncated],
        [undefined, undefined, undefined],
        label,
      );
    }
    // RLOO and no ratio are what Butt et al.'s algorithm is.
    const shared = trained.filter(({ label }) => label !== "soft-tokens-grpo").map(({ objective }) => objective);
    for (const objective of shared) assertEquals(objective, shared[0]);
    assertEquals(shared.length, sharing);
  });
}

Deno.test("all arms of the first real experiment answer alike, after as many thoughts", () => {
  const { arms } = resolveExperiment(smollm2Arithmetic);
  for (const { label, thinking, answers, evaluations } of arms) {
    for (const own of [{ thinking, answers }, ...evaluations]) {
      assertEquals([own.thinking, own.answers], [arms[0].thinking, arms[0].answers], label);
    }
  }
});
