/**
 * Every command as a function, for programs that use this one as a library.
 *
 * @module
 */
import { main } from "./main.ts";

/**
 * A command: takes the words after its name, prints what the command prints, returns its exit code
 * (0 done, 1 failed, 2 wrong usage, 3 regression, 4 not enough data, 130 interrupted).
 */
export type CommandFunction = (...words: string[]) => Promise<number>;

function command(name: string): CommandFunction {
  return (...words) => main([name, ...words]);
}

/** Trains every arm of an experiment, evaluates, writes result files and prints the table. */
export const bench: CommandFunction = command("bench");
/** Trains the arms of an experiment and saves their checkpoints. */
export const train: CommandFunction = command("train");
/** Samples a model on datasets and scores it, without training. */
export const evaluate: CommandFunction = command("evaluate");
/** Recomputes metrics from samples, results or published per-problem counts. */
export const score: CommandFunction = command("score");
/** Compares two results: 0 no regression, 3 regression, 4 not enough data. */
export const compare: CommandFunction = command("compare");
/** Says what a comparison could have seen, and what would decide it. */
export const power: CommandFunction = command("power");
/** Derives the leaderboard from results. */
export const leaderboard: CommandFunction = command("leaderboard");
/** Derives the HTML page from results and samples. */
export const report: CommandFunction = command("report");
/** Lists, fetches and verifies datasets. */
export const datasets: CommandFunction = command("datasets");
/** Lists and fetches checkpoints. */
export const models: CommandFunction = command("models");
/** Loads a checkpoint and prints logits and greedy tokens. */
export const model: CommandFunction = command("model");
/** Says what this machine has and what is missing. */
export const doctor: CommandFunction = command("doctor");
