/**
 * What the README of the embedded base model tells: what it is for, and the whole recipe.
 *
 * @module
 */
import { ARITHMETIC_VERSION } from "../datasets/arithmetic/held_out.ts";
import type { ModelCard } from "../checkpoint/writer.ts";
import type { PretrainingRecipe } from "./recipe.ts";
import { TEACHINGS } from "./ways.ts";

/** The card of a model that was made by this recipe. */
export function modelCard(recipe: PretrainingRecipe, tokenizerSha256: string): ModelCard {
  const { seed, steps, batch, initial, optimizer, schedule } = recipe;
  const families = TEACHINGS.map(({ task, hastyShare }) => `${task.name} (${100 * hastyShare} % hasty)`).join(", ");
  return {
    title: "tiny: the embedded base model of soft-grpo-bench",
    summary:
      "A Qwen2-shaped model that does integer arithmetic in `<think>…</think>` and answers in `\\boxed{}`, for experiments " +
      "of minutes on a laptop. It was pretrained on worked examples that are imperfect on purpose, so that reinforcement " +
      "learning has something to find; it is good for nothing else. `deno task pretrain` makes these bytes again, " +
      "`deno task pretrain --verify` compares them. Its vocabulary has 22 tokens; other characters are not in it.",
    license: "mit",
    facts: [
      ["worked examples", `${families}; data version ${ARITHMETIC_VERSION}, held-out questions left out`],
      ["updates", `${steps} of ${batch} examples, seed ${seed}; loss on the completions' tokens alone`],
      [
        "optimizer",
        `AdamW (${optimizer.beta1}, ${optimizer.beta2}, ${optimizer.epsilon}), weight decay ${optimizer.weightDecay}, ` +
        `gradient norm at most ${optimizer.maxGradientNorm}`,
      ],
      ["learning rate", `${schedule.peak}, ${schedule.warmUp} updates warm-up, cosine to ${100 * schedule.floor} %`],
      [
        "initial weights",
        `normal: table ${initial.embedding}, linear ${initial.linear}, residual outputs ${
          initial.residualOutput.toFixed(6)
        }`,
      ],
      ["computed by", "cpu-engine, plain kernels (multiply, then add)"],
      ["tokenizer.json sha256", `\`${tokenizerSha256}\``],
    ],
  };
}
