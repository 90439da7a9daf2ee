/**
 * Two sides of a comparison brought onto the same arms, datasets and problems, or refused.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { resultDomain } from "../result/domain.ts";
import { type ResultSource, sourceName } from "../result/store.ts";
import type { DatasetResult, Result } from "../result/types.ts";
import type { ProblemCounts } from "../metrics/types.ts";
import { resultTitle } from "../summary/titles.ts";

/** What may differ between two sides only where it is allowed by name. */
export const PROTECTED = ["dataset", "grader", "prompt"] as const;
/** One of them: problems, grader, prompt template. */
export type Protected = typeof PROTECTED[number];

/** The results of one arm on both sides, each in the order of seeds. */
export interface ArmPair {
  readonly arm: string;
  /** What the arm is and whose, of both where they differ; absent where the results do not say. */
  readonly title?: string;
  readonly base: readonly ResultSource[];
  readonly changed: readonly ResultSource[];
  /** Older results of the same arm and seed that were left out. */
  readonly superseded: readonly string[];
}

/** Counts of one side: (datasets)(seeds)(problems). */
export type SideCounts = readonly (readonly (readonly ProblemCounts[])[])[];

/** One arm's counts: the same datasets and problems in the same order on both sides. */
export interface AlignedArm {
  readonly arm: string;
  readonly datasets: readonly string[];
  readonly base: SideCounts;
  readonly changed: SideCounts;
  /** Whether something was trained: else seeds only draw other samples. */
  readonly trained: boolean;
  /** Whether both sides have the same several seeds. */
  readonly seedsPaired: boolean;
}

/**
 * Pairs arms by label; where each side has one arm, those two, whatever their labels. Of several results of one arm and
 * seed the latest counts, and of BASE only experiments that NEW has too: a folder of results may be a side.
 *
 * @throws {BenchError} If a side has no usable result, or if NEW lacks an arm of BASE
 */
export function pairArms(base: readonly ResultSource[], changed: readonly ResultSource[]): ArmPair[] {
  const experiments = new Set(changed.map(({ result }) => result.experiment.name));
  const shared = base.filter(({ result }) => experiments.has(result.experiment.name));
  const [before, after] = [byArm(shared.length > 0 ? shared : base, "BASE"), byArm(changed, "NEW")];
  const pair = (arm: string, a: OneArm, b: OneArm): ArmPair => {
    const titles = [a, b].map(({ latest }) => resultTitle(latest[0].result)).filter((title) => title !== undefined);
    return {
      arm,
      ...(titles.length > 0 && { title: [...new Set(titles)].join(" → ") }),
      base: a.latest,
      changed: b.latest,
      superseded: [...a.superseded, ...b.superseded],
    };
  };
  if (before.size === 1 && after.size === 1) {
    const [[name, own]] = before;
    const [[newName, newOwn]] = after;
    return [pair(name === newName ? name : `${name} → ${newName}`, own, newOwn)];
  }
  const lost = [...before.keys()].filter((arm) => !after.has(arm));
  if (lost.length > 0) {
    throw new BenchError(
      `Cannot compare: NEW has no result of ${lost.join(", ")}, expected every arm of BASE; ` +
        `name the files of one arm on each side to compare those`,
    );
  }
  return [...before].map(([arm, own]) => pair(arm, own, after.get(arm)!));
}

interface OneArm {
  readonly latest: readonly ResultSource[];
  readonly superseded: readonly string[];
}

function byArm(results: readonly ResultSource[], side: string): Map<string, OneArm> {
  const usable = results.filter(({ result }) => result.status !== "failed");
  if (usable.length === 0) throw new BenchError(`Cannot compare: ${side} holds no result that did not fail`);
  const byAge = usable.toSorted((a, b) => a.result.run.startedAt < b.result.run.startedAt ? -1 : 1);
  return new Map(
    [...Map.groupBy(byAge, ({ result }) => armName(result))].map(([arm, own]) => {
      const bySeed = new Map(own.map((stored) => [stored.result.arm.seed, stored]));
      const latest = [...bySeed.values()].toSorted((a, b) => a.result.arm.seed - b.result.arm.seed);
      return [arm, { latest, superseded: own.filter((stored) => !latest.includes(stored)).map(sourceName) }];
    }),
  );
}

/** What is paired: an arm in one domain, as no mean joins two. */
function armName(result: Result): string {
  return resultDomain(result) === "mathematics" ? result.arm.label : `${result.arm.label}, out of domain`;
}

/**
 * The counts of both sides on what they share.
 *
 * @throws {BenchError} If something protected differs and is not allowed to, or if too little is shared
 */
export function alignArm({ arm, base, changed }: ArmPair, allow: ReadonlySet<Protected>): AlignedArm {
  const first = base[0].result;
  const all = [...base, ...changed];
  for (const source of all) refuseDifferences(first, source, allow);
  const datasets = first.datasets.map(({ name }) => name)
    .filter((name) => all.every(({ result }) => datasetOf(result, name) !== undefined));
  if (datasets.length === 0) throw new BenchError(`Cannot compare ${arm}: the two sides share no dataset`);
  const shared = datasets.map((name) => {
    const sets = all.map(({ result }) => new Set(datasetOf(result, name)!.problems.map(({ id }) => id)));
    const ids = [...sets[0]].filter((id) => sets.every((set) => set.has(id)));
    if (ids.length > 0) return ids;
    throw new BenchError(`Cannot compare ${arm} on ${name}: the two sides share no problem`);
  });
  const counts = (side: readonly ResultSource[]): SideCounts =>
    datasets.map((name, d) =>
      side.map(({ result }) => {
        const byId = new Map(datasetOf(result, name)!.problems.map((problem) => [problem.id, problem]));
        return shared[d].map((id) => byId.get(id)!);
      })
    );
  const seeds = (side: readonly ResultSource[]) => side.map(({ result }) => result.arm.seed).join();
  return {
    arm,
    datasets,
    base: counts(base),
    changed: counts(changed),
    trained: isTrained(all),
    seedsPaired: base.length > 1 && seeds(base) === seeds(changed),
  };
}

/** Whether an algorithm trained any of these. */
export function isTrained(results: readonly ResultSource[]): boolean {
  return results.some(({ result }) => result.arm.algorithm !== "base");
}

function datasetOf({ datasets }: Result, wanted: string): DatasetResult | undefined {
  return datasets.find(({ name }) => name === wanted);
}

/** What would make a difference of scores mean something else than a difference of models. */
function refuseDifferences(first: Result, source: ResultSource, allow: ReadonlySet<Protected>): void {
  const other = source.result;
  const demandEqual = (kind: Protected, what: string, expected: string, found: string) => {
    if (expected === found || allow.has(kind)) return;
    throw new BenchError(
      `Cannot compare: ${what} of ${sourceName(source)} is ${found}, of BASE ${expected}; ` +
        `scores may differ for that reason alone (--allow ${kind} compares all the same)`,
    );
  };
  const grader = ({ grader: { name, version } }: Result) => `${name} ${version}`;
  demandEqual("grader", "the grader", grader(first), grader(other));
  const prompt = ({ model: { promptSha256 } }: Result) => promptSha256?.slice(0, HASH_SHOWN) ?? "unknown";
  demandEqual("prompt", "the prompt template", prompt(first), prompt(other));
  const names = ({ datasets }: Result) => datasets.map(({ name }) => name).toSorted().join(", ");
  demandEqual("dataset", "the list of datasets", names(first), names(other));
  for (const dataset of first.datasets) {
    const twin = datasetOf(other, dataset.name);
    if (twin === undefined) continue;
    demandEqual("dataset", `the version of ${dataset.name}`, dataset.version, twin.version);
    if (dataset.sha256 !== null && twin.sha256 !== null) {
      demandEqual("dataset", `the SHA-256 of ${dataset.name}`, dataset.sha256, twin.sha256);
    }
    demandEqual("dataset", `the problems of ${dataset.name}`, problemsText(dataset), problemsText(twin));
  }
}

const HASH_SHOWN = 16;

function problemsText({ problems }: DatasetResult): string {
  const ids = problems.map(({ id }) => id).toSorted();
  return `${ids.length} from ${ids[0]} to ${ids.at(-1)}`;
}
