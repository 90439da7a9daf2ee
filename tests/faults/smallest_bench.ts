/**
 * Runs of the smallest experiment, and whether one that was disturbed ended in the bytes of one that was not.
 *
 * @module
 */
import { saveCheckpoint } from "../../src/checkpoint/writer.ts";
import type { Result } from "../../src/result/types.ts";
import { fileSha256 } from "../../src/files/hash.ts";
import { hashedFileFault } from "../../src/files/hashed_file.ts";
import { paths } from "../end_to_end/command_line.ts";
import { randomWeights, SMALL_CONFIG } from "../fixtures/small_model.ts";
import { type Ended, improper, lastLines, LAUNCHER, MAIN, start, type Started } from "./process.ts";

/** The last checkpoint; others are spare, and nobody reads them as long as it is whole. */
const SPARE = /\/step-4\//;

/** What became of a case: undefined where it held, else what did not. */
export type Finding = string | undefined;

/** The experiment, with its model and the bytes that it ends in. */
export class SmallestBench {
  readonly #model: string;
  readonly #reference: ReadonlyMap<string, string>;

  private constructor(model: string, reference: ReadonlyMap<string, string>) {
    this.#model = model;
    this.#reference = reference;
  }

  /** Makes the model, and runs the experiment once, undisturbed. */
  static async open(): Promise<SmallestBench> {
    const model = `${Deno.makeTempDirSync({ prefix: "faults-model-" })}/model`;
    const config = { ...SMALL_CONFIG, vocabularySize: 22, layers: 1 };
    await saveCheckpoint(model, {
      config,
      configFields: { eos_token_id: 1, pad_token_id: 0 },
      weights: randomWeights(config),
      dtype: "F32",
      companionsFrom: "models/tiny",
      card: { title: "smallest", summary: "random", facts: [] },
    });
    const place = newPlace();
    const bench = new SmallestBench(model, new Map());
    const ended = await bench.run(place);
    if (ended.code !== 0) throw new Error(`The undisturbed run failed: ${ended.stderr}`);
    const whole = new SmallestBench(model, await left(place));
    removePlace(place);
    return whole;
  }

  /** The words behind `deno … bench`. */
  #args(place: string, more: readonly string[]): string[] {
    const places = ["--runs", `${place}/runs`, "--results", `${place}/results`];
    return ["bench", "tests/fixtures/smallest.ts", "--model", this.#model, "--workers", "1", ...places, ...more];
  }

  /** Starts the experiment in a folder; what is there already is continued. */
  start(place: string, options: { env?: Readonly<Record<string, string>>; more?: readonly string[] } = {}): Started {
    const { env = {}, more = ["--json", "--backend", "cpu-engine"] } = options;
    return start([...MAIN, ...this.#args(place, more)], env);
  }

  /** The same to its end. */
  run(place: string, options: Parameters<SmallestBench["start"]>[1] = {}): Promise<Ended> {
    return this.start(place, options).ended;
  }

  /** Starts the task `bench`. */
  launch(place: string): Started {
    return start([...LAUNCHER, ...this.#args(place, ["--json", "--backend", "cpu-engine"])]);
  }

  /** Repeats the command, undisturbed, and judges what it ends in. */
  async continued(place: string, options: { spareMayDiffer?: boolean; mayRefuse?: boolean } = {}): Promise<Finding> {
    const ended = await this.run(place);
    const wrong = improper(ended);
    if (wrong !== undefined) return `continuing: ${wrong}`;
    if (ended.code !== 0) return options.mayRefuse ? undefined : `cannot be continued: ${lastLines(ended.stderr)}`;
    return await this.difference(place, options);
  }

  /** Where a folder differs from what an undisturbed run leaves. */
  async difference(place: string, options: { spareMayDiffer?: boolean } = {}): Promise<Finding> {
    const found = await left(place);
    const isOfInterest = (path: string) => !(options.spareMayDiffer && SPARE.test(path));
    for (const path of [...found.keys()].filter(isOfInterest)) {
      if (!this.#reference.has(path)) return `left behind: ${path}`;
    }
    for (const [path, text] of [...this.#reference].filter(([path]) => isOfInterest(path))) {
      if (!found.has(path)) return `missing: ${path}`;
      if (found.get(path) !== text) return `silently wrong: ${path} differs`;
    }
    return undefined;
  }
}

/** A folder for runs and results. */
export function newPlace(): string {
  return Deno.makeTempDirSync({ prefix: "faults-" });
}

/** Clears such a folder away. */
export function removePlace(place: string): void {
  Deno.removeSync(place, { recursive: true });
}

/** A copy of such a folder. */
export function copyPlace(from: string): string {
  const to = newPlace();
  copyFolder(from, to);
  return to;
}

function copyFolder(from: string, to: string): void {
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (!isDirectory) Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
    else {
      Deno.mkdirSync(`${to}/${name}`);
      copyFolder(`${from}/${name}`, `${to}/${name}`);
    }
  }
}

/** The one folder of a run below a place. */
export function runFolder(place: string): string {
  const names = [...Deno.readDirSync(`${place}/runs`)].map(({ name }) => name);
  if (names.length !== 1) throw new Error(`${place}/runs holds ${names.join(", ")}`);
  return `${place}/runs/${names[0]}`;
}

/** What every file below a place holds, by path: results without what says when and from which commit they were made. */
async function left(place: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const path of paths(place)) {
    // The first two tell of now, the last the command that was typed, in which each place has its own name.
    if (/\/(lock|progress\.json(\.tmp)?|command\.json(\.sha256)?)$|report\.html$/.test(path)) continue;
    const hashed = /^(.*)\.sha256$/.exec(path)?.[1];
    if (hashed !== undefined) {
      // The hash is of the whole result, the time of its making included.
      files.set(path, hashedFileFault(`${place}/${hashed}`) ?? "whole");
      continue;
    }
    const sha256 = await fileSha256(`${place}/${path}`);
    if (!/(^|\/)results\/.*\.json$/.test(path)) files.set(path, sha256);
    else {
      const [name, content] = withoutTime(path, Deno.readTextFileSync(`${place}/${path}`)) ?? [path, sha256];
      // A result that was published twice is a result too many.
      files.set(files.has(name) ? `${path}, a second time` : name, content);
    }
  }
  return files;
}

/** The path and the content of a result, each without the moment of its making; undefined where it is none. */
function withoutTime(path: string, text: string): [string, string] | undefined {
  try {
    const { run: _run, code: _code, ...result } = JSON.parse(text) as Result;
    return [path.startsWith("results/") ? `results/v2/${result.arm.label}` : path, JSON.stringify(result)];
  } catch {
    return undefined;
  }
}
