import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { ALGORITHM_PRESETS, createAlgorithm } from "../../src/algorithms/registry.ts";
import type { Verdict } from "../../src/grading/grade.ts";
import type { LanguageModel } from "../../src/models/language_model.ts";
import { createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import { completionTokens } from "../../src/rollout/completion.ts";
import { ADVANTAGE_PRESETS } from "../../src/training/advantage.ts";
import type { EqualGroups } from "../../src/training/config.ts";
import { LOSS_PRESETS } from "../../src/training/loss/loss.ts";
import { DEFAULT_REWARD } from "../../src/training/objective.ts";
import { ADAMW_PRESETS } from "../../src/training/optimizer.ts";
import type { PaidGroup } from "../../src/training/paid_group.ts";
import { type DrawnCompletion, drawStep } from "../../src/training/step_rollout.ts";
import type { TrainingRequest } from "../../src/training/trainer.ts";
import { smallModel } from "../fixtures/small_model.ts";

const WRONG: Verdict = { equal: false, extracted: "5", canonical: "5", reason: "different" };
const RIGHT: Verdict = { equal: true, extracted: "4", canonical: "4", reason: "same-value" };
/** 3 prompts of 5 completions. */
const [B, G] = [3, 5];

function request(
  model: LanguageModel,
  grade: (text: string) => Verdict,
  equalGroups?: EqualGroups,
): TrainingRequest {
  const { paper } = ALGORITHM_PRESETS["discrete-grpo"];
  return {
    model,
    objective: { advantage: ADVANTAGE_PRESETS.verl, loss: LOSS_PRESETS["on-policy"], reward: DEFAULT_REWARD },
    training: {
      source: "made-up",
      steps: 2,
      promptsPerStep: B,
      groupSize: G,
      minibatches: 1,
      optimizer: ADAMW_PRESETS.embedded,
      checkpointEvery: 2,
      ...(equalGroups && { equalGroups }),
    },
    settings: {
      algorithm: createAlgorithm(paper),
      answers: createAnswerSampler({ rule: "sample", filter: paper.filter }),
      thinking: { end: [1], endIsDrawn: true, afterEnd: [] },
      endTokens: [0],
      maxNewTokens: 7,
    },
    source: {
      name: "made-up",
      version: "1",
      problems: (step, count) =>
        Array.from({ length: count }, (_, i) => ({ id: `${step}/${i}`, question: `${3 + i}`, answer: "" })),
    },
    seed: 1,
    examination: {
      prompt: ({ question }) => Int32Array.of(Number(question), 2),
      text: (completion) => completionTokens(completion).join(),
      grade,
    },
  };
}

/** A group's texts. */
const texts = ({ completions }: PaidGroup) => completions.map(({ completion }) => completionTokens(completion).join());

Deno.test("without a setting, equal groups stand as they were drawn", async () => {
  const model = await smallModel();
  const { first, groups, redraws } = await drawStep(request(model, () => WRONG), 1);
  assertEquals([first.length, groups.length, redraws], [B, B, 0]);
  assertEquals(groups, first);
  assertEquals(first.map(({ problem }) => problem.id), ["0/0", "0/1", "0/2"]);
  await model.dispose();
});

Deno.test("every completion is told once it is paid, in the order of draws, prompts and samples", async () => {
  const model = await smallModel();
  const told: DrawnCompletion[] = [];
  const asked = request(model, () => WRONG, { draws: 1, then: "keep" });
  const { first, groups } = await drawStep({ ...asked, onCompletion: (drawn) => void told.push(drawn) }, 2);
  assertEquals(
    told.map(({ step, draw, prompt, sample }) => [step, draw, prompt, sample]),
    Array.from({ length: 2 * B * G }, (_, i) => [2, Math.floor(i / B / G), Math.floor(i / G) % B, i % G]),
  );
  assertEquals(told.map(({ paid }) => paid), [...first, ...groups].flatMap(({ completions }) => completions));
  assertEquals(told.map(({ problem }) => problem.id), told.map(({ prompt }) => `1/${prompt}`));
  // Some end before others of their group, which come before them.
  assert(new Set(told.map(({ paid }) => paid.completion.steps.length)).size > 1);
  await model.dispose();
});

Deno.test("groups that stay equal are drawn again as often as the setting says, then kept or left out", async () => {
  const model = await smallModel();
  const kept = await drawStep(request(model, () => WRONG, { draws: 4, then: "keep" }), 1);
  assertEquals([kept.groups.length, kept.redraws], [B, 4 * B]);
  const left = await drawStep(request(model, () => WRONG, { draws: 4, then: "leave-out" }), 1);
  assertEquals([left.groups.length, left.redraws], [0, 4 * B]);
  assertEquals(left.first, kept.first);
  await model.dispose();
});

Deno.test("only equal groups are drawn again, with noise of their own, until they are unequal", async () => {
  const model = await smallModel();
  // The second group is all wrong in the first and second draw; whatever else is graded alternates.
  let graded = 0;
  const grade = () => {
    const call = graded++;
    const equal = call >= G && call < 2 * G || call >= B * G && call < (B + 1) * G;
    return equal || call % 2 === 0 ? WRONG : RIGHT;
  };
  const { first, groups, redraws } = await drawStep(request(model, grade, { draws: 7, then: "leave-out" }), 1);
  assertEquals([groups.length, redraws], [B, 2]);
  assertEquals([groups[0], groups[2]], [first[0], first[2]]);
  assertEquals(groups[1].problem, first[1].problem);
  assertNotEquals(texts(groups[1]), texts(first[1]));
  assert(groups[1].completions.some(({ reward }) => reward === 1));
  assertEquals(graded, (B + 2) * G);
  await model.dispose();
});
