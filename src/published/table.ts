/**
 * A published table computed again from the per-problem counts behind it: values with both errors, paired tests, and the
 * cells that disagree with the logs.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { deriveMetrics } from "../metrics/derive.ts";
import { averageEstimate, mean } from "../metrics/estimate.ts";
import { holm, type PairedDifference, pairedDifference } from "../metrics/paired.ts";
import { passAtK } from "../metrics/pass_at_k.ts";
import type { PassEstimatorName } from "../metrics/pass_estimator_name.ts";
import { passAtKBy } from "../metrics/pass_estimators.ts";
import { type PublishedRow, reportedPassAt } from "./counts.ts";
import type { PrintedTable } from "./printed.ts";
import type { Estimate } from "../metrics/types.ts";

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

/** One arm's average Pass@k over its datasets as printed, as logged, and by rules that counts allow; in percent. */
export interface RuleComparison extends ArmKey {
  readonly k: number;
  /** Null where the table prints no average. */
  readonly printed: number | null;
  readonly logged: number;
  readonly byRule: Readonly<Partial<Record<PassEstimatorName, number>>>;
}

/** The averages of a table by several rules; a rule that needs the order of samples is left out. */
export function compareRules(
  rows: readonly PublishedRow[],
  table: PrintedTable,
  rules: readonly PassEstimatorName[],
): RuleComparison[] {
  return table.passAt.flatMap((k, i) =>
    table.rows.map(({ training, decoding, average }) => {
      const own = armRows(rows, { training, decoding });
      const byRule = rules.flatMap((rule) => {
        const values = own.map(({ samples_per_problem: n, correct_counts }) =>
          passAtKBy(rule, correct_counts.map((c) => ({ n, c })), k)
        );
        return values.every((value) => value !== undefined) ? [[rule, 100 * mean(values.map(mean))]] : [];
      });
      return {
        training,
        decoding,
        k,
        printed: average?.[i] ?? null,
        logged: 100 * mean(own.map((row) => loggedPassAt(row, k))),
        byRule: Object.fromEntries(byRule),
      };
    })
  );
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
      const cells = own.flatMap(({ dataset }, d) =>
        dataset in printedRow.datasets
          ? [{
            dataset: dataset as string | null,
            printed: printedRow.datasets[dataset][i],
            logged: logged[d],
            tolerance: CELL_TOLERANCE,
          }]
          : []
      );
      const average = printedRow.average === undefined
        ? []
        : [{ dataset: null, printed: printedRow.average[i], logged: mean(logged), tolerance: AVERAGE_TOLERANCE }];
      return [...cells, ...average]
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

/**
 * Pass@k that the publisher logged, in [0, 1].
 *
 * @throws {BenchError} If the row has none
 */
export function loggedPassAt(row: PublishedRow, k: number): number {
  const logged = reportedPassAt(row);
  if (k in logged) return logged[k];
  const found = Object.keys(logged).join(", ") || "none";
  throw new BenchError(
    `Cannot compare Pass@${k} of ${
      armTitle(row)
    } on ${row.dataset}: found reported k ${found}, expected ${k} among them`,
  );
}

/** `GRPO, discrete`. */
export function armTitle({ training, decoding }: ArmKey): string {
  const names: Readonly<Record<string, string>> = {
    "none": "base",
    "grpo": "GRPO",
    "soft-grpo": "SofT-GRPO",
    "discrete-rl": "discrete RL",
    "multiplex": "Multiplex Thinking",
  };
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
