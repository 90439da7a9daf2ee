/**
 * An arm of an experiment, and what its verl job needs of this machine: the training problems, and of the checkpoint its
 * chat template, which says whether the prompt opens the thinking.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import { modelFolder } from "../../checkpoint/hub/cache.ts";
import type { Problem } from "../../datasets/problem.ts";
import { loadTrainingSource } from "../../datasets/registry.ts";
import type { ResolvedExperimentConfig } from "../../experiment/resolve.ts";
import { createPrompter, loadChatTemplate, opensThinking } from "../../prompt/prompt.ts";
import { promptTemplate } from "../../prompt/templates.ts";
import { loadTokenizer } from "../../prompt/tokenizer.ts";
import type { VerlJob } from "./job.ts";
import { PROMPT_TOKENS, type VerlCluster } from "./overrides.ts";

/** What is not the experiment's. */
export interface VerlOptions {
  readonly cluster: VerlCluster;
  /** Local mirror of downloads. */
  readonly mirror?: string;
}

/**
 * The job of the experiment's one arm under its one seed.
 *
 * @throws {UsageError} If there are several of either
 * @throws {BenchError} If model or problems are not here
 */
export async function openVerlJob(
  config: ResolvedExperimentConfig,
  { cluster, mirror }: VerlOptions,
): Promise<VerlJob> {
  const { arms: [arm, ...otherArms], seeds: [seed, ...otherSeeds] } = config;
  if (otherArms.length + otherSeeds.length > 0) {
    throw new UsageError(
      `Cannot make one verl job of ${config.arms.length} arms and ${config.seeds.length} seeds: ` +
        `expected --arms LABEL and --seed N (${config.arms.map(({ label }) => label).join(", ")})`,
    );
  }
  const folder = modelFolder(config.model);
  const template = promptTemplate(config.prompt);
  const prompter = createPrompter(await loadTokenizer(folder), await loadChatTemplate(folder), template, []);
  const { source: name, longPrompts } = config.training;
  const source = await loadTrainingSource(name, {
    seed,
    ...(mirror !== undefined && { mirror }),
    // verl ends at a prompt that is longer.
    ...(longPrompts === "leave-out" && {
      fits: (problem: Problem) => prompter.ids(problem).length <= PROMPT_TOKENS,
    }),
  });
  return { config, arm, seed, cluster, source, model: config.model, opensThinking: opensThinking(prompter) };
}
