/**
 * Whether the work of an arm that is finished is all there and as it was written, so that it need not be done again.
 *
 * @module
 */
import { type ArmRun, armTraining } from "./resolve.ts";
import { domainOf } from "../datasets/problem_kind.ts";
import { readChainedLines } from "../files/chained_lines.ts";
import { hashedFileFault } from "../files/hashed_file.ts";
import { isPresent, readBytesIfPresent } from "../files/read.ts";
import { checkpointFault, curvePath, stepFolder } from "../training/checkpoint.ts";
import type { Workbench } from "./workbench.ts";

/**
 * What is damaged of an arm's results, samples, training curve or last checkpoint.
 *
 * @returns the first of it in one line; undefined where all is whole
 */
export async function finishedFault(bench: Workbench, run: ArmRun): Promise<string | undefined> {
  const { folder, datasets, config } = bench;
  const { evaluations, objective } = run.arm;
  for (const evaluation of evaluations) {
    for (const domain of new Set(datasets.map(({ kind }) => domainOf(kind)))) {
      const fault = hashedFileFault(folder.resultFile(run, evaluation, domain));
      if (fault !== undefined) return fault;
    }
    for (const { name, problems } of datasets) {
      const path = folder.samplesFile(run, evaluation, name);
      const { rows, fault } = readChainedLines(path, folder.samplesOwner(run, evaluation, name));
      if (fault !== undefined) return fault;
      const expected = problems.length * config.samples;
      if (rows.length !== expected) return `${path} has ${rows.length} samples, expected ${expected}`;
    }
  }
  if (objective === undefined) return undefined;
  const { steps } = armTraining(config, run.arm);
  const checkpoint = stepFolder(folder.checkpoints(run), steps);
  const fault = isPresent(checkpoint)
    ? await checkpointFault(checkpoint, steps, folder.identityOf(run))
    : "it is missing";
  if (fault !== undefined) return `${checkpoint}: ${fault}`;
  const metrics = folder.metricsFile(run);
  return textOf(metrics) === textOf(curvePath(checkpoint)) ? undefined : `${metrics} has changed since it was written`;
}

function textOf(path: string): string {
  return new TextDecoder().decode(readBytesIfPresent(path));
}
