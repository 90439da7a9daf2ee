/**
 * The tests that a comparison makes: `compare` makes them, `power` counts them, as they share the level.
 *
 * @module
 */
import { headlineMetrics, type Metric } from "../metrics/metric.ts";
import type { AlignedArm } from "./align.ts";

/** One test to be made: a metric on one dataset, or on average. */
export interface PlannedTest {
  readonly arm: AlignedArm;
  readonly metric: Metric;
  /** Place in the arm's list; null: on average. */
  readonly dataset: number | null;
}

/**
 * Each metric on each dataset, and on average where there are several.
 *
 * @param wanted metrics (default: Pass@1, and Pass@k and majority@k of all samples)
 */
export function plannedTests(arm: AlignedArm, wanted?: readonly Metric[]): PlannedTest[] {
  const metrics = wanted ?? headlineMetrics([...arm.base, ...arm.changed].flat());
  const places = [...arm.datasets.keys(), ...(arm.datasets.length > 1 ? [null] : [])];
  return metrics.flatMap((metric) => places.map((dataset) => ({ arm, metric, dataset })));
}
