/**
 * The groups of one training step: drawn, graded, paid, and drawn again where the training asks for it.
 *
 * Letters: `B` prompts, `G` completions per prompt.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import type { Completion } from "../rollout/completion.ts";
import { rollout } from "../rollout/rollout.ts";
import type { Problem } from "../datasets/problem.ts";
import { isEqualGroup, type PaidCompletion, paidCompletion, type PaidGroup } from "./paid_group.ts";
import { stepStreams } from "./step_noise.ts";
import type { StepFollower } from "./step_progress.ts";
import type { TrainingRequest } from "./trainer.ts";

/** What was drawn in one step. */
export interface StepRollout {
  /** (B), the first draw of every group: what the policy does, whatever was drawn again. */
  readonly first: readonly PaidGroup[];
  /** (at most B), what the policy is updated by. */
  readonly groups: readonly PaidGroup[];
  /** How often a group was drawn again, all together. */
  readonly redraws: number;
}

/** A completion of a step, as it was paid. */
export interface DrawnCompletion {
  /** From 1. */
  readonly step: number;
  /** How often its group was drawn before. */
  readonly draw: number;
  /** Place of its prompt in the step. */
  readonly prompt: number;
  /** Its own place in the group. */
  readonly sample: number;
  /** What was asked. */
  readonly problem: Problem;
  /** What was drawn, and what it was paid. */
  readonly paid: PaidCompletion;
}

/**
 * Draws one step.
 *
 * @param step from 1
 * @param follower told how far it is
 * @throws {BenchError} If the grader fails on every completion of the first draw: nothing says what they are worth
 */
export async function drawStep(
  request: TrainingRequest,
  step: number,
  follower?: StepFollower,
): Promise<StepRollout> {
  const { model, settings, source, examination, seed } = request;
  const { promptsPerStep, groupSize, equalGroups } = request.training;
  const problems = source.problems(step - 1, promptsPerStep);
  const prompts = problems.map((problem) => examination.prompt(problem));
  const payment = { objective: request.objective, examination, maxNewTokens: settings.maxNewTokens };
  const drawGroups = async (members: readonly number[], draw: number): Promise<PaidGroup[]> => {
    const streams = stepStreams({ seed, step, dataset: source.name, groupSize }, problems, draw);
    const drawn = members.map(() => new Array<Completion | undefined>(groupSize).fill(undefined));
    const paid: PaidCompletion[][] = members.map(() => []);
    // Graded as they finish, in order.
    const grade = inOrder(drawn, (i, sample, completion) => {
      const own = paidCompletion(completion, problems[members[i]], payment);
      paid[i].push(own);
      request.onCompletion?.({ step, draw, prompt: members[i], sample, problem: problems[members[i]], paid: own });
    });
    await rollout(
      model,
      members.map((b) => ({ name: `problem ${problems[b].id} at step ${step}`, ids: prompts[b], streams: streams[b] })),
      { ...settings, keepDensities: true, willTrain: true },
      {
        abort: request.abort,
        onPosition: (positions, finished) => {
          const ends = finished.map(({ completion }) => completion.steps.length);
          follower?.drawn(positions, ends.reduce((sum, length) => sum + settings.maxNewTokens - length, 0));
          for (const { prompt, sample, completion } of finished) drawn[prompt][sample] = completion;
          grade();
        },
      },
    );
    return members.map((b, i) => ({
      problem: problems[b],
      prompt: prompts[b],
      completions: paid[i],
    }));
  };

  const first = await drawGroups([...problems.keys()], 0);
  requireReward(first, step);
  if (equalGroups === undefined) return { first, groups: first, redraws: 0 };
  const groups = [...first];
  let redraws = 0;
  for (let draw = 1; draw <= equalGroups.draws; draw++) {
    const equal = [...groups.keys()].filter((b) => isEqualGroup(groups[b]));
    if (equal.length === 0) break;
    redraws += equal.length;
    for (const [i, group] of (await drawGroups(equal, draw)).entries()) groups[equal[i]] = group;
  }
  const kept = equalGroups.then === "keep" ? groups : groups.filter((group) => !isEqualGroup(group));
  return { first, groups: kept, redraws };
}

/** A function that tells, each time it is called, what is there of a table up to the first gap and was not told yet. */
function inOrder<T>(
  table: readonly (readonly (T | undefined)[])[],
  tell: (row: number, column: number, value: T) => void,
): () => void {
  let [row, column] = [0, 0];
  return () => {
    for (; row < table.length; [row, column] = [row + 1, 0]) {
      for (; column < table[row].length; column++) {
        const value = table[row][column];
        if (value === undefined) return;
        tell(row, column, value);
      }
    }
  };
}

function requireReward(groups: readonly PaidGroup[], step: number): void {
  const all = groups.flatMap(({ completions, problem }) => completions.map((paid) => ({ ...paid, problem })));
  if (all.some(({ reward }) => reward !== undefined)) return;
  const { verdict, problem } = all[0];
  throw new BenchError(
    `Cannot train at step ${step}: the grader failed on all ${all.length} completions, expected a verdict on some; ` +
      `on ${problem.id} it says "${verdict.graderError}"`,
  );
}
