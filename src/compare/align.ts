/**
 * Two sides of a comparison brought onto the same arms, datasets and problems, or refused.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import {
  ablationsOf,
  armNames,
  type ChoiceOptions,
  chooseResults,
  isAblation,
  latestResults,
  leftOutText,
  scopeOf,
} from "../result/choice.ts";
import { coverageOf, coverageText } from "../result/coverage.ts";
import { domainSuffix, resultDomain } from "../result/domain.ts";
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
  /** Label of the arm, or of both; with the experiment where several are compared. */
  readonly arm: string;
  /** What the arm is and whose, of both where they differ; absent where the results do not say. */
  readonly title?: string;
  readonly base: readonly ResultSource[];
  readonly changed: readonly ResultSource[];
}

/** What is compared with what. */
export interface Pairing {
  readonly pairs: readonly ArmPair[];
  /** What was left out, and why. */
  readonly notes: readonly string[];
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
 * Pairs arms by label, within each group of results that both sides have (`scopeOf`: experiment, model, datasets); where
 * each side has one arm, those two, whatever their labels. A folder of results may be a side: what does not count
 * (`chooseResults`), what a later result of the same arm and seed repeats, and groups that one side lacks are left out.
 * Where no group is shared, everything is paired by label, for a comparison that is allowed or refused by what differs.
 *
 * @param experiments compare only results of these; else ablations are compared where a side holds nothing else
 * @throws {BenchError} If a side has no usable result, or if NEW lacks an arm of BASE
 */
export function pairArms(
  base: readonly ResultSource[],
  changed: readonly ResultSource[],
  { experiments }: Pick<ChoiceOptions, "experiments"> = {},
): Pairing {
  const options = { experiments, ablations: [base, changed].flatMap(ablationsAlone) };
  const [before, after] = [sideOf(base, "BASE", options), sideOf(changed, "NEW", options)];
  const groups = [...before.scopes].flatMap(([scope, own]) => {
    const twin = after.scopes.get(scope);
    return twin === undefined ? [] : [{ own, twin }];
  });
  const notes = [...before.notes, ...after.notes];
  if (groups.length === 0) {
    const experiments = new Set(after.counted.map(({ result }) => result.experiment.name));
    const shared = before.counted.filter(({ result }) => experiments.has(result.experiment.name));
    const group = pairGroup(shared.length > 0 ? shared : before.counted, after.counted);
    return { pairs: group.pairs, notes: [...notes, ...group.notes] };
  }
  const paired = groups.map(({ own, twin }) => pairGroup(own, twin, groupName(own, groups.map((group) => group.own))));
  return {
    pairs: paired.flatMap(({ pairs }) => pairs),
    notes: [
      ...notes,
      ...unpaired(before, after),
      ...unpaired(after, before),
      ...paired.flatMap((group) => group.notes),
    ],
  };
}

/** The results of a side that count, by what they can be compared with. */
interface Side {
  readonly name: string;
  readonly counted: readonly ResultSource[];
  readonly scopes: ReadonlyMap<string, readonly ResultSource[]>;
  readonly notes: readonly string[];
}

/** The ablations of a side that holds nothing else, as one file does. */
function ablationsAlone(sources: readonly ResultSource[]): string[] {
  const { counted } = chooseResults(sources);
  return counted.every(({ result }) => isAblation(result.experiment.name)) ? ablationsOf(counted) : [];
}

function sideOf(sources: readonly ResultSource[], name: string, options: ChoiceOptions): Side {
  const choice = chooseResults(sources, options);
  const { counted } = choice;
  if (counted.length === 0) {
    const wanted = options.experiments === undefined ? "" : ` of experiment ${options.experiments.join(", ")}`;
    throw new BenchError(`Cannot compare: ${name} holds no result${wanted} that did not fail`);
  }
  const leftOut = leftOutText(choice);
  const notes = leftOut === undefined ? [] : [`${name}: left out ${leftOut}`];
  return { name, counted, notes, scopes: Map.groupBy(counted, ({ result }) => scopeOf(result)) };
}

/** What one side alone has. */
function unpaired(side: Side, other: Side): string[] {
  const alone = [...side.scopes].filter(([scope]) => !other.scopes.has(scope)).map(([, own]) => own);
  if (alone.length === 0) return [];
  const names = alone.map(([{ result }]) => `${result.experiment.name} on ${datasetNames(result)}`);
  return [`${side.name} alone has ${names.join("; ")}`];
}

/** What tells a group from the others, where there are any. */
function groupName(
  [{ result }]: readonly ResultSource[],
  groups: readonly (readonly ResultSource[])[],
): string | undefined {
  if (groups.length === 1) return undefined;
  const { name } = result.experiment;
  const namesakes = groups.filter(([other]) => other.result.experiment.name === name);
  if (namesakes.length === 1) return name;
  const domains = new Set(namesakes.map(([other]) => resultDomain(other.result)));
  return domains.size === namesakes.length ? name + domainSuffix(result) : `${name} on ${datasetNames(result)}`;
}

function datasetNames({ datasets }: Result): string {
  return datasets.map((dataset) => `${dataset.name} (${coverageText(coverageOf(dataset))})`).join(", ");
}

function pairGroup(base: readonly ResultSource[], changed: readonly ResultSource[], group?: string): Pairing {
  const nameOf = armNames(...[base, changed].map((side) => side.map(({ result }) => result)));
  const [before, after] = [armsOf(base, nameOf), armsOf(changed, nameOf)];
  const notes = [before, after].flatMap(({ superseded }) =>
    superseded.length === 0 ? [] : [`left out for a later result of the same arm and seed: ${superseded.join(", ")}`]
  );
  const pair = (arm: string, own: readonly ResultSource[], other: readonly ResultSource[]): ArmPair => {
    const titles = [own, other].map(([{ result }]) => resultTitle(result)).filter((title) => title !== undefined);
    return {
      arm: group === undefined ? arm : `${group}: ${arm}`,
      ...(titles.length > 0 && { title: [...new Set(titles)].join(" → ") }),
      base: own,
      changed: other,
    };
  };
  if (before.arms.size === 1 && after.arms.size === 1) {
    const [[name, own]] = before.arms;
    const [[newName, other]] = after.arms;
    return { pairs: [pair(name === newName ? name : `${name} → ${newName}`, own, other)], notes };
  }
  const lost = [...before.arms.keys()].filter((arm) => !after.arms.has(arm));
  if (lost.length > 0) {
    throw new BenchError(
      `Cannot compare: NEW has no result of ${lost.join(", ")}, expected every arm of BASE; ` +
        `name the files of one arm on each side to compare those`,
    );
  }
  return { pairs: [...before.arms].map(([arm, own]) => pair(arm, own, after.arms.get(arm)!)), notes };
}

/** Latest results by arm, each in the order of seeds; and the names of the others. */
function armsOf(results: readonly ResultSource[], nameOf: (result: Result) => string): {
  readonly arms: ReadonlyMap<string, readonly ResultSource[]>;
  readonly superseded: readonly string[];
} {
  const { counted, leftOut } = latestResults(results);
  const bySeed = counted.toSorted((a, b) => a.result.arm.seed - b.result.arm.seed);
  return {
    arms: Map.groupBy(bySeed, ({ result }) => nameOf(result)),
    superseded: leftOut.map(({ source }) => sourceName(source)),
  };
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
