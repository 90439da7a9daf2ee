/**
 * The two verls that train an arm: the published one, for tokens, and the fork of SofT-GRPO's paper, for its mixtures.
 * Each has one table of keys, of its pinned version: keys were renamed on the way from 0.4 to 0.9.
 *
 * Sources: verl 0.9.1 on PyPI, `verl/trainer/config/`; github.com/zz1358m/SofT-GRPO-master @ 2b9d8ec,
 * `verl-0.4.x/verl/trainer/config/ppo_trainer.yaml`.
 *
 * @module
 */
import { ALGORITHM_PRESETS, type AlgorithmConfig } from "../../algorithms/registry.ts";
import type { DiscreteGrpoConfig } from "../../algorithms/discrete_grpo.ts";
import { jsonSha256 } from "../../files/hash.ts";
import type { AnswerConfig } from "../../rollout/answer_sampler.ts";
import type { Override } from "./hydra.ts";

/** A verl at one version. */
export interface VerlTrainer {
  /** Name in messages and in `job.json`. */
  readonly name: string;
  /** Version or commit. */
  readonly version: string;
  /** Python that exits with a line where this is not the verl meant, or would train something else. */
  readonly check: string;
  /** Names of keys that differ between versions. */
  readonly keys: {
    readonly savedContents: string;
    readonly decay: string;
    readonly rewardFile: string;
    readonly rewardFunction: string;
  };
  /** Whether the token mean is over the whole mini-batch, however it is cut; elsewhere over each micro-batch. */
  readonly tokenMeanOverBatch: boolean;
  /** Module that turns shards into a Hugging Face folder. */
  readonly merge: string;
  /** Keys that belong to this one alone. */
  readonly own: readonly Override[];
  /** Why it cannot draw these thoughts and answers; undefined where it can. */
  refusal(algorithm: AlgorithmConfig, answers: AnswerConfig): string | undefined;
}

/** Both trainers are kept from dropping padding, without which the fork scores plain tokens, and says nothing. */
const PADDING: Override = ["actor_rollout_ref.model.use_remove_padding", true];

/** Discrete GRPO, on vLLM. */
export const UPSTREAM: VerlTrainer = {
  name: "verl",
  version: "0.9.1",
  check: `
import importlib.metadata, sys
try:
    found = importlib.metadata.version("verl")
except importlib.metadata.PackageNotFoundError:
    found = None
if found != "0.9.1":
    sys.exit(f"Cannot train: found verl {found}, expected 0.9.1; pip install 'verl[verl-core]==0.9.1' vllm")
`,
  keys: {
    savedContents: "actor_rollout_ref.actor.checkpoint.save_contents",
    decay: "actor_rollout_ref.actor.optim.lr_scheduler_type",
    rewardFile: "reward.custom_reward_function.path",
    rewardFunction: "reward.custom_reward_function.name",
  },
  tokenMeanOverBatch: true,
  merge: "python3 -m verl.model_merger merge --backend fsdp",
  own: [
    PADDING,
    ["actor_rollout_ref.rollout.name", "vllm"],
    // Its cosine otherwise begins at a rate of 0.
    ["actor_rollout_ref.actor.optim.zero_indexed_step", false],
  ],
  refusal(algorithm, answers) {
    const { filter, support } = algorithm as DiscreteGrpoConfig;
    if (answers.rule !== "sample" || !same(answers.filter, filter)) {
      return "verl draws thoughts and answers by one filter";
    }
    if (support === "kept") return "verl scores tokens over the whole vocabulary";
    if ((filter.minP ?? 0) > 0) return "verl's rollout has no min-p";
    return filter.nucleusOf === "vocabulary" ? "verl's top-p counts the mass of the kept tokens" : undefined;
  },
};

const { release: RELEASE } = ALGORITHM_PRESETS["soft-thinking-grpo"];

/** SofT-GRPO as released. */
export const SOFT_GRPO_FORK: VerlTrainer = {
  name: "SofT-GRPO's fork of verl 0.4",
  version: "2b9d8ec",
  check: `
import importlib.util, pathlib, sys
try:
    import flash_attn
except Exception as error:
    sys.exit(f"Cannot train: without flash_attn the fork trains ordinary log-probabilities, and says nothing ({error})")
spec = importlib.util.find_spec("verl")
config = pathlib.Path(spec.origin).parent / "trainer/config/ppo_trainer.yaml" if spec else None
if config is None or "enable_soft_thinking" not in config.read_text():
    sys.exit("Cannot train: this verl is not the fork of SofT-GRPO; see github.com/zz1358m/SofT-GRPO-master at 2b9d8ec")
`,
  keys: {
    savedContents: "actor_rollout_ref.actor.checkpoint.contents",
    decay: "actor_rollout_ref.actor.optim.warmup_style",
    rewardFile: "custom_reward_function.path",
    rewardFunction: "custom_reward_function.name",
  },
  tokenMeanOverBatch: false,
  merge: "python3 scripts/model_merger.py merge --backend fsdp",
  own: [
    PADDING,
    ["actor_rollout_ref.rollout.name", "sglang"],
    // Every key of the noise: the defaults of its file are not those of its scripts.
    ["actor_rollout_ref.rollout.enable_soft_thinking", true],
    ["actor_rollout_ref.rollout.add_noise_gumbel_softmax", true],
    ["actor_rollout_ref.rollout.add_noise_dirichlet", false],
    ["actor_rollout_ref.rollout.noise_gumbel", true],
    ["actor_rollout_ref.rollout.noise_gaussian", false],
    ["actor_rollout_ref.rollout.noise_on_logits", true],
    ["actor_rollout_ref.rollout.noise_on_inputs", false],
    ["actor_rollout_ref.rollout.noise_factor", 1],
    ["actor_rollout_ref.rollout.gumbel_softmax_temperature", RELEASE.perturbation.temperature],
    ["actor_rollout_ref.rollout.after_thinking_temperature", RELEASE.filter.temperature],
    ["actor_rollout_ref.rollout.after_thinking_top_p", RELEASE.filter.topP!],
    ["actor_rollout_ref.rollout.after_thinking_top_k", RELEASE.filter.topK!],
  ],
  refusal(algorithm, answers) {
    if (!same(algorithm, RELEASE)) return "the fork trains SofT-GRPO as released, and no other setting of it";
    const own = { rule: "argmax-noised", filter: RELEASE.filter, perturbation: RELEASE.perturbation };
    return same(answers, own) ? undefined : "the fork answers by the argmax of the noised scores, as released";
  },
};

/** Which verl trains an algorithm, or why none does. */
export const TRAINERS: Readonly<Record<AlgorithmConfig["name"], VerlTrainer | string>> = {
  "discrete-grpo": UPSTREAM,
  "soft-thinking-grpo": SOFT_GRPO_FORK,
  "soft-tokens-grpo": "no verl puts noise on embeddings: the fork's flags for it are parsed and never read",
  "multiplex-grpo": "no pinned verl mixes sampled tokens",
  "dirichlet-grpo": "the fork draws Dirichlet weights by other settings than these",
  lepo: "no pinned verl thinks for a fixed number of positions",
  "soft-thinking": "it is not trained",
};

function same(a: unknown, b: unknown): boolean {
  return jsonSha256(a) === jsonSha256(b);
}
