/**
 * Which keys of a resolved experiment two configurations differ in, for who changed one by flags.
 *
 * @module
 */
import type { ResolvedExperimentConfig } from "./resolve.ts";

/**
 * One text a change, equal ones together: `temperature 1 -> 0.7 (4 places)`.
 *
 * @param before and after with the same arms
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import tiny from "../../benchmarks/tiny.ts";
 * import { configChanges } from "./config_changes.ts";
 * import { resolveExperiment } from "./resolve.ts";
 *
 * const arms = ["discrete-grpo"];
 * const before = resolveExperiment(tiny, { arms });
 * assertEquals(configChanges(before, resolveExperiment(tiny, { arms, learningRate: 2e-4 })), [
 *   "training.optimizer.schedule.peak 0.0001 -> 0.0002",
 * ]);
 * ```
 */
export function configChanges(before: ResolvedExperimentConfig, after: ResolvedExperimentConfig): string[] {
  const [old, now] = [leaves(before), leaves(after)];
  const paths = [...new Set([...old.keys(), ...now.keys()])].filter((path) => old.get(path) !== now.get(path));
  const changes = paths.map((path) => ({
    path,
    name: path.slice(path.lastIndexOf(".") + 1),
    values: `${old.get(path) ?? "none"} -> ${now.get(path) ?? "none"}`,
  }));
  return [...Map.groupBy(changes, ({ name, values }) => `${name} ${values}`)].map(([text, own]) =>
    own.length === 1 ? `${own[0].path} ${own[0].values}` : `${text} (${own.length} places)`
  );
}

/** Values that hold no others, by their path. */
function leaves(value: unknown, path = ""): Map<string, string> {
  if (typeof value !== "object" || value === null) return new Map([[path, JSON.stringify(value)]]);
  return new Map(
    Object.entries(value).filter(([, own]) => own !== undefined)
      .flatMap(([key, own]) => [...leaves(own, path === "" ? key : `${path}.${key}`)]),
  );
}
