/**
 * What a model was asked, as far as it can be told again: questions where the same dataset is at hand, whole prompts where
 * the same tokenizer and template are.
 *
 * @module
 */
import { modelFolder } from "../../checkpoint/hub/cache.ts";
import { loadDataset } from "../../datasets/registry.ts";
import type { Problem } from "../../datasets/problem.ts";
import { BenchError } from "../../errors.ts";
import { createPrompter, loadChatTemplate, type Prompter } from "../../prompt/prompt.ts";
import { promptTemplate } from "../../prompt/templates.ts";
import { loadTokenizer } from "../../prompt/tokenizer.ts";
import { resolvedExperimentSchema } from "../../experiment/resolve.ts";
import type { DatasetResult, Result } from "../../result/types.ts";

/** What was asked on one dataset. */
export interface Asked {
  /** By id; empty where the dataset is not at hand, or is another by now. */
  readonly problems: ReadonlyMap<string, Problem>;
  /** Absent where the model's files are not at hand, or make other prompts by now. */
  readonly prompter?: Prompter;
}

/** What a result's model was asked on one of its datasets. */
export async function askedOf(result: Result, dataset: DatasetResult): Promise<Asked> {
  const loaded = await atHand(() => loadDataset(dataset.name));
  const problems = loaded?.sha256 === dataset.sha256 ? loaded.problems : [];
  const prompter = problems.length === 0 ? undefined : await prompterOf(result);
  return {
    problems: new Map(problems.map((problem) => [problem.id, problem])),
    ...(prompter !== undefined && { prompter }),
  };
}

async function prompterOf({ experiment: { config }, model, datasets }: Result): Promise<Prompter | undefined> {
  const { data } = resolvedExperimentSchema.safeParse(config);
  if (data === undefined) return undefined;
  const kinds = datasets.flatMap(({ kind }) => kind ?? []);
  const prompter = await atHand(async () => {
    const folder = modelFolder(data.model);
    const tokenizer = await loadTokenizer(folder);
    return createPrompter(tokenizer, await loadChatTemplate(folder), promptTemplate(data.prompt), kinds);
  });
  return prompter?.sha256 === model.promptSha256 ? prompter : undefined;
}

/** What can be loaded; undefined where something is missing, or elsewhere than where the command may look. */
async function atHand<T>(load: () => Promise<T>): Promise<T | undefined> {
  try {
    return await load();
  } catch (error) {
    const { NotCapable, NotFound } = Deno.errors;
    if (error instanceof BenchError || error instanceof NotFound || error instanceof NotCapable) return undefined;
    throw error;
  }
}
