/**
 * Every command, in the order of the help and of `deno task`: those of users first.
 *
 * @module
 */
import type { Command } from "../commands/command.ts";
import * as cluster from "../commands/descriptions/cluster.ts";
import * as experiments from "../commands/descriptions/experiments.ts";
import * as maintenance from "../commands/descriptions/maintenance.ts";
import * as results from "../commands/descriptions/results.ts";
import * as supplies from "../commands/descriptions/supplies.ts";

/** The one table behind parsing, the help, permissions, tasks and the README. */
export const COMMANDS: readonly Command[] = [
  experiments.bench,
  experiments.train,
  experiments.evaluate,
  experiments.sample,
  cluster.launch,
  experiments.runs,
  results.score,
  results.compare,
  results.power,
  results.leaderboard,
  results.report,
  results.view,
  results.grade,
  supplies.datasets,
  supplies.models,
  supplies.model,
  supplies.merge,
  supplies.doctor,
  supplies.setupTensorflow,
  supplies.setupTorch,
  maintenance.pretrain,
  maintenance.published,
  maintenance.smallCheckpoint,
  maintenance.buildEngine,
  maintenance.fuzzGrading,
  experiments.benchAblations,
  maintenance.benchTiming,
  maintenance.benchPeers,
  maintenance.gpuCheck,
  maintenance.schemas,
  maintenance.checkCommits,
  maintenance.pack,
];
