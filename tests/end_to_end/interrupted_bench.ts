/**
 * Runs a small experiment whole, or interrupts it at a moment and runs it again: at some moments in `resume_test.ts`, at
 * others and with several runs at work in `tests/slow/interruptions_test.ts`.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { hashedFileFault } from "../../src/files/hashed_file.ts";
import type { Result } from "../../src/result/types.ts";
import { contents, finish, paths, run, start } from "./command_line.ts";

/** When a command is stopped, and how. */
export interface Moment {
  /** A file of the run folder that is there first at this moment. */
  readonly pattern: RegExp;
  readonly signal: "SIGINT" | "SIGKILL";
  /** With two workers two runs are at work at once. */
  readonly workers?: number;
  /** Which experiment (default `MINI`). */
  readonly experiment?: string;
}

/** One of seconds, of which all weights are trained. */
const MINI = "tests/fixtures/mini.ts";

/** A finished experiment. */
export interface FinishedBench {
  readonly folder: string;
  /** What an interrupted one must end in. */
  readonly files: ReadonlyMap<string, string>;
  readonly stderr: string;
}

/** Arguments of the command whose runs and results lie in `folder`. */
function args(folder: string, workers: number, experiment: string): string[] {
  const places = ["--runs", `${folder}/runs`, "--results", `${folder}/results`];
  return ["bench", experiment, "--workers", String(workers), "--json", ...places];
}

/** Runs the experiment in a folder to its end; what is there already is continued. */
export async function runBench(folder: string, workers = 1, experiment = MINI): Promise<FinishedBench> {
  const { code, stderr } = await run(args(folder, workers, experiment));
  assertEquals(code, 0, stderr);
  return { folder, files: await comparable(`${folder}/runs`), stderr };
}

const references = new Map<string, Promise<FinishedBench>>();

/** The experiment without an interruption, once per file of tests. */
export function uninterrupted(experiment = MINI): Promise<FinishedBench> {
  const known = references.get(experiment) ?? Deno.makeTempDir().then((folder) => runBench(folder, 1, experiment));
  references.set(experiment, known);
  return known;
}

/** Stops the experiment at a moment, runs the same command again, and compares what is there with the whole run. */
export async function assertContinues(moment: Moment): Promise<void> {
  const { files } = await uninterrupted(moment.experiment);
  const { folder, finished: { code, stderr } } = await interrupt(moment);
  if (moment.signal === "SIGINT") {
    assertEquals(code, INTERRUPTED, stderr);
    assert(stderr.includes("the same command continues from here"), stderr);
    await assertEveryStepSaved(`${folder}/runs`);
  }
  assertSameFiles((await runBench(folder, moment.workers, moment.experiment)).files, files);
}

const INTERRUPTED = 130;

/** Files of a run, without what says when, from which commit and by which words it ran. */
export async function comparable(folder: string): Promise<Map<string, string>> {
  const files = await contents(folder);
  for (const [path, text] of files) {
    if (/\/(progress\.json|command\.json(\.sha256)?)$/.test(path)) files.delete(path);
    if (!path.includes("results/")) continue;
    if (path.endsWith(".sha256")) {
      // The hash is of the whole result, the time of its making included.
      files.set(path, hashedFileFault(`${folder}/${path.slice(0, -".sha256".length)}`) ?? "whole");
      continue;
    }
    const { run: _run, code: _code, ...result } = JSON.parse(text) as Result;
    files.set(path, JSON.stringify(result));
  }
  return files;
}

/** Names the first file that differs rather than print them all. */
export function assertSameFiles(actual: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>): void {
  assertEquals([...actual.keys()].sort(), [...expected.keys()].sort());
  for (const [path, text] of expected) assert(actual.get(path) === text, `${path} differs`);
}

/** The checkpoint of an arm is as far as its training curve. */
async function assertEveryStepSaved(runs: string): Promise<void> {
  const files = await contents(runs);
  for (const [path, text] of files) {
    const steps = text.split("\n").length - 1;
    if (!path.includes("/metrics/") || steps === 0) continue;
    const folder = path.replace("/metrics/", "/checkpoints/").replace(/\.jsonl$/, "");
    assert(files.has(`${folder}/step-${steps}/model.safetensors`), `${folder} lacks step-${steps}`);
  }
}

/** Files come and go while they are listed. */
function pathsNow(folder: string): string[] {
  try {
    return paths(folder);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Tries to meet a moment, which a busy machine may let pass. */
const ATTEMPTS = 5;

/**
 * Starts the command in a new folder and sends a signal once a matching file is there.
 *
 * @returns the folder, and how the command ended
 */
async function interrupt({ pattern, signal, workers = 1, experiment = MINI }: Moment) {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const folder = await Deno.makeTempDir();
    const child = start(args(folder, workers, experiment));
    let over = false;
    const ended = finish(child).finally(() => over = true);
    while (!over && !pathsNow(`${folder}/runs`).some((path) => pattern.test(path))) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    if (!over) {
      child.kill(signal);
      const finished = await ended;
      if (finished.code !== 0) return { folder, finished };
    }
  }
  throw new Error(`The command ended before it could be interrupted, ${ATTEMPTS} times`);
}
