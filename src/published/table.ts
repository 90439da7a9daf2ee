/**
 * A published table computed again from the per-problem counts behind it: values with both errors, paired tests, and the
 * cells that disagree with the logs.
 *
 * @module
 */
import { deriveMetrics } from "../metrics/derive.ts";
import { averageEstimate } from "../metrics/estimate.ts";
import { holm, type PairedDifference, pairedDifference } from "../metrics/paired.ts";
import { passAtK } from "../metrics/pass_at_k.ts";
import type { PublishedRow } from "./counts.ts";
import type { Estimate } from "../metrics/types.ts";

/** The table as printed, in percent: cells hold one number for each k of `passAt`. */
export interface PrintedTable {
  readonly source: string;
  readonly passAt: readonly number[];
  readonly rows: readonly {
    readonly training: string;
    readonly decoding: string;
    readonly datasets: Readonly<Record<string, readonly number[]>>;
    readonly average: readonly number[];
  }[];
}

/** One arm of the table by its training and decoding, in the publisher's words. */
export interface ArmKey {
  readonly training: string;
  readonly decoding: string;
}

/** One arm recomputed: estimates by k, on each dataset and, under `null`, on average. */
export interface RecomputedArm extends ArmKey {
  readonly byDataset: ReadonlyMap<string | null, Readonly<Record<number, Estimate>>>;
}

/** Every arm of the rows, in their order. */
export function recomputeArms(rows: readonly PublishedRow[], sizes: readonly number[]): RecomputedArm[] {
  return armKeys(rows).map((key) => {
    const estimates = new Map<string | null, Readonly<Record<number, Estimate>>>();
    for (const { dataset, samples_per_problem: n, correct_counts } of armRows(rows, key)) {
      const problems = correct_counts.map((c, i) => ({ id: String(i), n, c }));
      estimates.set(dataset, deriveMetrics(problems, { passAt: sizes, majorityAt: [] }).passAt);
    }
    const all = [...estimates.values()];
    estimates.set(null, Object.fromEntries(sizes.map((k) => [k, averageEstimate(all.map((own) => own[k]))])));
    return { ...key, byDataset: estimates };
  });
}

/** One paired difference `arm − reference` at Pass@k; `dataset` is null on average. */
export interface PublishedDifference extends PairedDifference {
  readonly arm: ArmKey;
  readonly reference: ArmKey;
  readonly dataset: string | null;
  readonly k: number;
  /** Two-sided, after Holm over all differences of the list. */
  readonly pHolm: number;
}

/** Paired tests of one arm against others, on each dataset and on average. */
export function pairedTests(
  rows: readonly PublishedRow[],
  arm: ArmKey,
  references: readonly ArmKey[],
  sizes: readonly number[],
): PublishedDifference[] {
  const datasets = armRows(rows, arm).map(({ dataset }) => dataset);
  const open = references.flatMap((reference) =>
    sizes.flatMap((k) => {
      const groups = datasets.map((dataset) => {
        const [own, other] = [arm, reference].map((key) => passValues(armRows(rows, key), dataset, k));
        return own.map((value, i) => value - other[i]);
      });
      return [...datasets.keys(), null].map((d) => ({
        arm,
        reference,
        k,
        dataset: d === null ? null : datasets[d],
        ...pairedDifference(
          d === null ? groups : [groups[d]],
          `published ${armTitle(arm)} ${armTitle(reference)} ${d} ${k}`,
        ),
      }));
    })
  );
  const adjusted = holm(open.map(({ p }) => p));
  return open.map((test, i) => ({ ...test, pHolm: adjusted[i] }));
}

/** A printed cell that its logs do not give. */
export interface Disagreement extends ArmKey {
  /** Null: the average. */
  readonly dataset: string | null;
  readonly k: number;
  /** In percent. */
  readonly printed: number;
  readonly logged: number;
}

/** Half of the last printed digit, and a little for the rounding of a rounding. */
const CELL_TOLERANCE = 0.051;
/** The paper's averages are of rounded cells: five cells off by .05 each move their mean by at most .05. */
const AVERAGE_TOLERANCE = 0.051;

/** Where the printed table and the publisher's own logs differ, by the rule of the publisher: the first k samples. */
export function disagreements(rows: readonly PublishedRow[], table: PrintedTable): Disagreement[] {
  return table.rows.flatMap((printedRow) => {
    const own = armRows(rows, printedRow);
    return table.passAt.flatMap((k, i) => {
      const logged = own.map((row) => 100 * loggedPassAt(row, k));
      const cells = own.map(({ dataset }, d) => ({
        dataset: dataset as string | null,
        printed: printedRow.datasets[dataset][i],
        logged: logged[d],
        tolerance: CELL_TOLERANCE,
      }));
      const average = logged.reduce((sum, value) => sum + value, 0) / logged.length;
      return [...cells, {
        dataset: null,
        printed: printedRow.average[i],
        logged: average,
        tolerance: AVERAGE_TOLERANCE,
      }]
        .filter(({ printed, logged, tolerance }) => Math.abs(printed - logged) > tolerance)
        .map(({ dataset, printed, logged }) => ({
          training: printedRow.training,
          decoding: printedRow.decoding,
          dataset,
          k,
          printed,
          logged,
        }));
    });
  });
}

/** Pass@k that the publisher logged, in [0, 1]. */
export function loggedPassAt({ reported }: PublishedRow, k: number): number {
  const { pass_at_1, ks, pass_at_k } = reported as { pass_at_1: number; ks: number[]; pass_at_k: number[] };
  return k === 1 ? pass_at_1 : pass_at_k[ks.indexOf(k)];
}

/** `GRPO, discrete`. */
export function armTitle({ training, decoding }: ArmKey): string {
  const names: Readonly<Record<string, string>> = { "none": "base", "grpo": "GRPO", "soft-grpo": "SofT-GRPO" };
  return `${names[training] ?? training}, ${decoding}`;
}

function armKeys(rows: readonly PublishedRow[]): ArmKey[] {
  return [...Map.groupBy(rows, armTitle).values()].map(([{ training, decoding }]) => ({ training, decoding }));
}

function armRows(rows: readonly PublishedRow[], { training, decoding }: ArmKey): PublishedRow[] {
  return rows.filter((row) => row.training === training && row.decoding === decoding);
}

function passValues(rows: readonly PublishedRow[], dataset: string, k: number): number[] {
  const { samples_per_problem, correct_counts } = rows.find((row) => row.dataset === dataset)!;
  return correct_counts.map((c) => passAtK(samples_per_problem, c, k));
}
