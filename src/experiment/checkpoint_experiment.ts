/**
 * What a checkpoint of one's own is evaluated with where no experiment is named: settings that follow from what it is.
 *
 * @module
 */
import { thoughtLaw } from "../algorithms/registry.ts";
import { loadCheckpoint } from "../checkpoint/checkpoint.ts";
import { modelFolder } from "../checkpoint/hub/cache.ts";
import { knownShape } from "../checkpoint/known_shapes.ts";
import { BenchError, UsageError } from "../errors.ts";
import { loadChatTemplate } from "../prompt/prompt.ts";
import { promptTemplate, type PromptTemplateName } from "../prompt/templates.ts";
import { loadTokenizer } from "../prompt/tokenizer.ts";
import type { DecodingConfig, ExperimentConfig } from "./config.ts";
import { decodingText } from "./decoding_text.ts";
import type { ResolvedExperimentConfig } from "./resolve.ts";
import { hasThoughts } from "./thinking.ts";

/** Name of the experiment in `benchmarks/` that says what does not follow from the checkpoint. */
export const CHECKPOINT_EXPERIMENT = "checkpoint";

/** Most new tokens of a model that answers at once, and of one that thinks first. */
const ANSWER_TOKENS = 512, THINKING_TOKENS = 4096;
/** The least share of a model's positions that is left to the prompt. */
const PROMPT_SHARE = 0.5;

/** What is known of a checkpoint, as far as its settings follow from it. */
export interface CheckpointFacts {
  /** Checkpoint folder, or `org/name@revision`. */
  readonly model: string;
  /** Longest sequence of the model, in tokens. */
  readonly maxPositions: number;
  /** Whether one token of its tokenizer ends the thinking. */
  readonly thinks: boolean;
  /** Whether it has a chat template. */
  readonly chats: boolean;
}

/** What a caller asks for in place of what follows from the checkpoint. */
export interface CheckpointChoice {
  /** Text around the question (default "step-by-step", or "conversation" where the model has no chat template). */
  readonly prompt?: PromptTemplateName;
  /** Samples per problem, of which the largest k of Pass@k and majority@k follow (default 1). */
  readonly samples?: number;
}

/**
 * An experiment on a checkpoint of one's own, of which these follow: its chat template around the question, or the whole
 * text where it has none; at most 512 new tokens, 4096 where it thinks, and half of its positions; and no thoughts where
 * no token of its tokenizer ends them, so that all that it writes is its answer. Soft thoughts then go on to the end.
 *
 * @param experiment what does not follow: `benchmarks/checkpoint.ts`, or one of your own
 * @param model checkpoint folder, or `org/name@revision` that was fetched
 * @throws {BenchError} If the checkpoint or its tokenizer is missing or damaged
 * @throws {UsageError} If the tokenizer cannot write the prompt's own text
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import checkpoint from "../../benchmarks/checkpoint.ts";
 * import { checkpointExperiment } from "./checkpoint_experiment.ts";
 *
 * const { datasets, maxNewTokens, thinking } = await checkpointExperiment(checkpoint, "models/tiny", {
 *   prompt: "question",
 * });
 * assertEquals([datasets, maxNewTokens, thinking.maxThoughts], [["gsm8k"], 64, undefined]);
 * ```
 */
export async function checkpointExperiment(
  experiment: ExperimentConfig,
  model: string,
  choice: CheckpointChoice = {},
): Promise<ExperimentConfig> {
  const { end } = experiment.thinking;
  return experimentOfCheckpoint(experiment, await checkpointFacts(model, end, choice.prompt), choice);
}

/** Reads what the settings follow from; of a checkpoint that was not fetched, what is known of it. */
async function checkpointFacts(
  model: string,
  end: string,
  prompt: PromptTemplateName | undefined,
): Promise<CheckpointFacts> {
  const shape = knownShape(model);
  try {
    const folder = modelFolder(model);
    const { config } = await loadCheckpoint(folder, { foreign: true });
    const tokenizer = await loadTokenizer(folder);
    const chats = await loadChatTemplate(folder) !== undefined;
    const template = prompt ?? defaultPrompt(chats);
    const unknown = tokenizer.unknownCharacters(promptTemplate(template).text.replace("{Question}", ""));
    if (unknown.length > 0) {
      throw new UsageError(
        `Cannot put questions to ${model} by prompt ${template}: its tokenizer has no token for ` +
          `${
            JSON.stringify(unknown.join(""))
          }; choose --prompt question, or name the experiment that it was trained by`,
      );
    }
    return { model, maxPositions: config.maxPositions, thinks: tokenizer.tokenId(end) !== undefined, chats };
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof BenchError) || shape === undefined) throw error;
    return { model, maxPositions: shape.maxPositions, thinks: true, chats: true };
  }
}

function defaultPrompt(chats: boolean): PromptTemplateName {
  return chats ? "step-by-step" : "conversation";
}

/** The experiment on a checkpoint of which these facts are known. */
export function experimentOfCheckpoint(
  experiment: ExperimentConfig,
  { model, maxPositions, thinks, chats }: CheckpointFacts,
  { prompt = defaultPrompt(chats), samples = experiment.samples ?? 1 }: CheckpointChoice = {},
): ExperimentConfig {
  const own = <Decoding extends DecodingConfig>(decoding: Decoding): Decoding =>
    thinks || thoughtLaw(decoding.algorithm).hard !== "yes" ? decoding : {
      ...decoding,
      thinking: { ...experiment.thinking, ...decoding.thinking, maxThoughts: 0, atMaximum: "go-on" },
    };
  const room = Math.floor(maxPositions * PROMPT_SHARE);
  return {
    ...experiment,
    model,
    prompt,
    samples,
    passAt: [...new Set([1, samples])],
    majorityAt: samples > 1 ? [samples] : [],
    maxNewTokens: Math.max(1, Math.min(room, thinks ? THINKING_TOKENS : ANSWER_TOKENS)),
    arms: experiment.arms.map((arm) => ({
      ...own(arm),
      ...(arm.evaluations && { evaluations: arm.evaluations.map(own) }),
    })),
  };
}

/** The settings in one line, as they run. */
export function checkpointSettings(config: ResolvedExperimentConfig): string {
  const { prompt, grader, problemsPerDataset, limit, samples, evaluationMaxNewTokens, datasets, arms: [arm] } = config;
  const [{ algorithm, answers, thinking }] = arm.evaluations;
  const most = Math.min(problemsPerDataset ?? Infinity, limit ?? Infinity);
  return [
    `settings of ${config.model}: prompt ${prompt}`,
    `${decodingText({ algorithm, answers, thinking })} (${arm.decoding})`,
    hasThoughts(thinking) ? `thinking up to ${thinking.end}` : `no thinking, as no token of it is ${thinking.end}`,
    `at most ${evaluationMaxNewTokens} new tokens`,
    `${most === Infinity ? "all" : `the first ${most}`} problems of ${datasets.join(", ")} x ${samples}`,
    grader.boxed ? "boxed answers alone" : "any stated answer",
  ].join("; ");
}
