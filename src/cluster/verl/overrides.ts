/**
 * An arm of an experiment as overrides of verl's configuration, or why verl cannot train it. What verl would do otherwise
 * than the arm says is refused: it would train something else under the arm's name.
 *
 * @module
 */
import { BenchError } from "../../errors.ts";
import { armTraining, type ResolvedArm, type ResolvedExperimentConfig } from "../../experiment/resolve.ts";
import { promptTemplate } from "../../prompt/templates.ts";
import type { ResolvedObjective } from "../../training/objective.ts";
import type { OptimizerConfig } from "../../training/optimizer.ts";
import type { Override } from "./hydra.ts";
import { TRAINERS, type VerlTrainer } from "./trainers.ts";

/** The machines of a job. */
export interface VerlCluster {
  readonly nodes: number;
  readonly devicesPerNode: number;
}

/** Stand for the job's own folder and that of its output, which are known where it runs. */
export const JOB_FOLDER = "{JOB}", OUTPUT_FOLDER = "{OUTPUT}";

/** What is set where an objective has no dual clip: verl always has one, and no ratio reaches this. */
const NO_DUAL_CLIP = 1e9;
/** Tokens of a prompt that verl keeps, as SofT-GRPO's scripts have it; longer ones are dropped by it. */
export const PROMPT_TOKENS = 1024;
/** Share of a device's memory that the sampling engine takes, as SofT-GRPO's scripts have it. */
const ENGINE_MEMORY = 0.6;
/** What verl adds to the deviation, and its cap of the divergence: `core_algos.py`. */
const VERL_EPSILON = 1e-6;
const VERL_KL_CAP = 10;
/** AdamW's constants that verl cannot be told, or not in every version. */
const VERL_ADAMW = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

const ACTOR = "actor_rollout_ref.actor";
const ROLLOUT = "actor_rollout_ref.rollout";

/**
 * The trainer of an arm, and what it is told.
 *
 * @throws {BenchError} If no verl trains this arm; every reason is named
 */
export function verlOverrides(
  config: ResolvedExperimentConfig,
  arm: ResolvedArm,
  seed: number,
  { nodes, devicesPerNode }: VerlCluster,
): { trainer: VerlTrainer; overrides: readonly Override[] } {
  const trainer = TRAINERS[arm.algorithm.name];
  const { objective } = arm;
  if (typeof trainer === "string" || objective === undefined) {
    throw refusal(arm, [typeof trainer === "string" ? trainer : "it has no objective"]);
  }
  const training = armTraining(config, arm);
  const { steps, promptsPerStep, groupSize, minibatches, optimizer, checkpointEvery } = training;
  const reasons = [
    trainer.refusal(arm.algorithm, arm.answers),
    ...experimentRefusals(config, arm),
    ...objectiveRefusals(objective, trainer),
    ...optimizerRefusals(optimizer, trainer),
    promptsPerStep % minibatches !== 0 && `${promptsPerStep} prompts do not fall into ${minibatches} mini-batches`,
    training.equalGroups !== undefined && "it keeps groups whose rewards are all equal",
  ].filter((reason) => typeof reason === "string");
  if (reasons.length > 0) throw refusal(arm, reasons);

  if (!("filter" in arm.algorithm)) throw refusal(arm, ["its thoughts have no filter"]);
  const { filter } = arm.algorithm;
  const { advantage, loss } = objective;
  const completions = loss.aggregation.kind === "micro-batch-token-mean" ? loss.aggregation.completions : 1;
  const length = PROMPT_TOKENS + config.maxNewTokens;
  const { peak, warmUp, decay } = optimizer.schedule;
  const overrides: Override[] = [
    ["algorithm.adv_estimator", ADVANTAGES[advantage.kind]!],
    ["algorithm.norm_adv_by_std_in_grpo", advantage.kind === "grpo"],
    ["algorithm.use_kl_in_reward", false],
    ["data.train_files", [`${JOB_FOLDER}/train.parquet`]],
    ["data.val_files", [`${JOB_FOLDER}/validation.parquet`]],
    // Its rows are in the order in which this seed trains on them.
    ["data.shuffle", false],
    ["data.train_batch_size", promptsPerStep],
    ["data.max_prompt_length", PROMPT_TOKENS],
    ["data.max_response_length", config.maxNewTokens],
    ["data.truncation", "error"],
    [`${ACTOR}.ppo_mini_batch_size`, promptsPerStep / minibatches],
    [`${ACTOR}.ppo_micro_batch_size_per_gpu`, completions],
    [`${ACTOR}.ppo_epochs`, 1],
    [`${ACTOR}.shuffle`, false],
    ...surrogateOverrides(objective),
    [`${ACTOR}.loss_agg_mode`, AGGREGATIONS[loss.aggregation.kind]!],
    [`${ACTOR}.entropy_coeff`, loss.entropyBonus ?? 0],
    [`${ACTOR}.use_kl_loss`, loss.kl !== undefined],
    ...(loss.kl === undefined ? [] : [
      [`${ACTOR}.kl_loss_coef`, loss.kl.coefficient] as const,
      [`${ACTOR}.kl_loss_type`, "low_var_kl"] as const,
      ["actor_rollout_ref.ref.log_prob_micro_batch_size_per_gpu", completions] as const,
    ]),
    [`${ACTOR}.grad_clip`, optimizer.maxGradientNorm!],
    [`${ACTOR}.optim.lr`, peak],
    [`${ACTOR}.optim.weight_decay`, optimizer.weightDecay],
    [`${ACTOR}.optim.lr_warmup_steps`, warmUp],
    [trainer.keys.decay, decay.kind],
    ...(decay.kind === "cosine" ? [[`${ACTOR}.optim.min_lr_ratio`, decay.floor] as const] : []),
    [trainer.keys.savedContents, ["model", "optimizer", "extra"]],
    ["actor_rollout_ref.model.enable_gradient_checkpointing", true],
    [`${ROLLOUT}.n`, groupSize],
    [`${ROLLOUT}.temperature`, filter.temperature],
    [`${ROLLOUT}.top_p`, filter.topP ?? 1],
    [`${ROLLOUT}.top_k`, filter.topK ?? EVERY_TOKEN],
    [`${ROLLOUT}.tensor_model_parallel_size`, 1],
    [`${ROLLOUT}.gpu_memory_utilization`, ENGINE_MEMORY],
    [`${ROLLOUT}.max_model_len`, length],
    [`${ROLLOUT}.max_num_batched_tokens`, Math.max(length, ENGINE_BATCH_TOKENS)],
    [`${ROLLOUT}.log_prob_micro_batch_size_per_gpu`, completions],
    ...trainer.own,
    [trainer.keys.rewardFile, `${JOB_FOLDER}/verl_reward.py`],
    [trainer.keys.rewardFunction, "compute_score"],
    ["trainer.nnodes", nodes],
    ["trainer.n_gpus_per_node", devicesPerNode],
    ["trainer.total_epochs", 1],
    ["trainer.total_training_steps", steps],
    ["trainer.save_freq", checkpointEvery],
    // Curves of its own bootstrap are no scores: the checkpoints are sampled and scored afterwards.
    ["trainer.test_freq", -1],
    ["trainer.val_before_train", false],
    ["trainer.critic_warmup", 0],
    ["trainer.logger", ["console"]],
    ["trainer.project_name", config.name],
    ["trainer.experiment_name", `${arm.label}-s${seed}`],
    ["trainer.rollout_data_dir", `${OUTPUT_FOLDER}/rollouts`],
    ["trainer.default_local_dir", `${OUTPUT_FOLDER}/checkpoints`],
    ["trainer.resume_mode", "auto"],
  ];
  return { trainer, overrides };
}

/** verl's top-k without a limit. */
const EVERY_TOKEN = -1;
/** Tokens that the sampling engine takes at once where sequences are short; verl's default. */
const ENGINE_BATCH_TOKENS = 8192;

const ADVANTAGES: Partial<Record<ResolvedObjective["advantage"]["kind"], string>> = {
  grpo: "grpo",
  "dr-grpo": "grpo",
  rloo: "rloo",
};
const AGGREGATIONS: Partial<Record<ResolvedObjective["loss"]["aggregation"]["kind"], string>> = {
  "token-mean": "token-mean",
  "micro-batch-token-mean": "token-mean",
  "sequence-mean": "seq-mean-token-mean",
  "sequence-sum": "seq-mean-token-sum",
};

function surrogateOverrides({ loss: { surrogate } }: ResolvedObjective): Override[] {
  if (surrogate.kind !== "clipped-ratio") return [];
  return [
    [`${ACTOR}.clip_ratio_low`, surrogate.low],
    [`${ACTOR}.clip_ratio_high`, surrogate.high],
    [`${ACTOR}.clip_ratio_c`, surrogate.dual ?? NO_DUAL_CLIP],
  ];
}

type Reason = string | false | undefined;

function experimentRefusals(config: ResolvedExperimentConfig, { thinking }: ResolvedArm): Reason[] {
  return [
    !promptTemplate(config.prompt).chat && `it asks in the chat template, and the prompt is ${config.prompt}`,
    (thinking.maxThoughts !== undefined || thinking.minThoughts !== undefined || thinking.coldStop !== undefined ||
      !thinking.endIsDrawn || thinking.afterEnd !== "") && "it knows no rule of thinking",
  ];
}

function objectiveRefusals(objective: ResolvedObjective, trainer: VerlTrainer): Reason[] {
  const { advantage, loss, overlong, maskTruncated } = objective;
  const { aggregation, kl, surrogate } = loss;
  const byBatch = aggregation.kind === "token-mean";
  return [
    ADVANTAGES[advantage.kind] === undefined && `its advantages are not ${advantage.kind}`,
    advantage.kind === "grpo" &&
    (advantage.std !== "sample" || advantage.epsilon !== VERL_EPSILON || advantage.stdOver === "batch") &&
    `it divides by the group's sample deviation + ${VERL_EPSILON}`,
    surrogate.kind !== "clipped-ratio" && `its surrogate is a clipped ratio, and not ${surrogate.kind}`,
    loss.thoughtSurrogate !== undefined && "thoughts have no surrogate of their own",
    loss.ratioOver !== "token" && `its ratios are over tokens, and not over ${loss.ratioOver}`,
    loss.oldDensity !== "replayed" && "it computes old log-densities again before the update",
    AGGREGATIONS[aggregation.kind] === undefined && `it has no aggregation ${aggregation.kind}`,
    byBatch && !trainer.tokenMeanOverBatch && "its token mean is over each micro-batch",
    aggregation.kind === "micro-batch-token-mean" && trainer.tokenMeanOverBatch &&
    "its token mean is over the whole mini-batch",
    trainer.tokenMeanOverBatch !== loss.trainInputs &&
    (loss.trainInputs ? "mixtures that are fed carry no gradient" : "the tokens that are fed carry gradients"),
    kl !== undefined && (kl.estimator !== "k3" || kl.cap !== VERL_KL_CAP || kl.timesRatio === true) &&
    `its divergence is k3, capped at ${VERL_KL_CAP}`,
    overlong !== undefined && "no penalty of long completions is passed on",
    maskTruncated === true && "completions that the limit cut carry loss",
  ];
}

function optimizerRefusals(optimizer: OptimizerConfig, trainer: VerlTrainer): Reason[] {
  const { schedule, maxGradientNorm } = optimizer;
  const constants = Object.entries(VERL_ADAMW) as [keyof typeof VERL_ADAMW, number][];
  return [
    ...constants.map(([name, value]) => optimizer[name] !== value && `AdamW's ${name} is ${value}`),
    maxGradientNorm === undefined && "it always clips the gradient's norm",
    schedule.unit === "update" && "its schedule counts rollouts",
    schedule.warmUp > 0 && (schedule.decay.kind === "constant" || !trainer.tokenMeanOverBatch) &&
    "its warm-up begins at a rate of 0",
  ];
}

function refusal({ label }: ResolvedArm, reasons: readonly string[]): BenchError {
  return new BenchError(
    `Cannot train ${label} with verl: ${reasons.join("; ")}\n` +
      "deno task launch without --verl trains every arm on PyTorch",
  );
}
