/**
 * Problems as rows of verl's parquet files, which a script of the job writes: verl hands `extra_info` to the reward, whose
 * answer is all that its dumps say of a problem.
 *
 * @module
 */
import type { Problem } from "../../datasets/problem.ts";
import { promptTemplate } from "../../prompt/templates.ts";

/** One row. */
export interface VerlRow {
  /** Names the dataset; the reward does not ask for it. */
  readonly data_source: string;
  /** One user turn. */
  readonly prompt: readonly [{ readonly role: "user"; readonly content: string }];
  readonly reward_model: { readonly style: "rule"; readonly ground_truth: string };
  readonly extra_info: { readonly problem_id: string; readonly question: string };
}

/**
 * The row of a problem.
 *
 * @param template name of the text around the question
 */
export function verlRow(problem: Problem, dataset: string, template: string): VerlRow {
  const content = promptTemplate(template).text.replace("{Question}", () => problem.question);
  return {
    data_source: dataset,
    prompt: [{ role: "user", content }],
    reward_model: { style: "rule", ground_truth: problem.answer },
    extra_info: { problem_id: problem.id, question: problem.question },
  };
}
