/**
 * Mutants that change nothing that a test could see, each with the reason.
 *
 * @module
 */

/** One of them, or several that read the same. */
export interface Equivalent {
  /** From `src/` on. */
  readonly path: string;
  /** The lines, and what they become, as the command prints them. */
  readonly before: string;
  readonly after: string;
  readonly reason: string;
}

/** All that are known. */
export const EQUIVALENT: readonly Equivalent[] = [
  {
    path: "src/training/advantage.ts",
    before: "if (values.length <= 2) return values.at(-1) ?? 0;",
    after: "if (values.length <= 2) return (values.at(-1));",
    reason: "without any reward nobody asks what the best one is",
  },
  {
    path: "src/metrics/problem_counts.ts",
    before: ".sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));",
    after: ".sort((a, b) => b[1] - a[1] || (a[0] <= b[0] ? -1 : 1));",
    reason: "no two entries have one answer",
  },
  {
    path: "src/models/host_readings.ts",
    before: "if (score <= bestScore) continue;",
    after: "if (score < bestScore) continue;",
    reason: "two noised scores are never equal",
  },
  {
    path: "src/models/host_readings.ts",
    before: "for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;",
    after: "for (let i = 0; i < values.length; i++) if (values[i] > values[best]) best = i;",
    reason: "the first is not larger than itself",
  },
  {
    path: "src/models/host_readings.ts",
    before: "if (slope === 0) return;",
    after: ";",
    reason: "terms of 0 are left out to save time",
  },
  {
    path: "src/models/host_readings.ts",
    before: "for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;",
    after: "for (let i = 1; i < values.length; i++) if (values[i] >= values[best]) best = i;",
    reason: "the largest of equals is one value, and what is tried first changes no draw",
  },
  {
    path: "src/models/host_readings.ts",
    before: "const LARGEST_BY_INSERTION = 256;",
    after: "const LARGEST_BY_INSERTION = 257;",
    reason: "both ways give the same order",
  },
  {
    path: "src/metrics/pass_at_k.ts",
    before: "mean += probabilities[other] * value;",
    after: "mean -= probabilities[other] * value;",
    reason: "only the square of this mean is read",
  },
  {
    path: "src/algorithms/perturbation.ts",
    before: "inside = noise > clamp.low + CLAMP_TOLERANCE && noise < clamp.high - CLAMP_TOLERANCE;",
    after: "inside = noise > clamp.low + CLAMP_TOLERANCE && noise <= clamp.high - CLAMP_TOLERANCE;",
    reason: "differs at a single noise, which has no chance",
  },
  {
    path: "src/metrics/distributions.ts",
    before: "if (Math.abs(above * below - 1) <= 2 * Number.EPSILON) return value;",
    after: "if (Math.abs(above * below - 1) <= 3 * Number.EPSILON) return value;",
    reason: "a round that changes the value by two or three roundings less",
  },
  {
    path: "src/files/check.ts",
    before:
      'if (typeof value !== "object" || value === null || !(key in value)) return { value: undefined, absent: true };',
    after: 'if ((typeof value !== "object") || !(key in value)) return { value: undefined, absent: true };',
    reason: "`in` null throws, which is caught and answered alike",
  },
  {
    path: "src/files/hash.ts",
    before: "const READ_BYTES = 1 << 20;",
    after: "const READ_BYTES = 2 << 20;",
    reason: "how much is read at once decides no hash",
  },
  {
    path: "src/files/hash.ts",
    before: "const READ_BYTES = 1 << 20;",
    after: "const READ_BYTES = 1 << 21;",
    reason: "how much is read at once decides no hash",
  },
  {
    path: "src/files/hash.ts",
    before: "const READ_BYTES = 1 << 20;",
    after: "const READ_BYTES = 1 << 40;",
    reason: "how much is read at once decides no hash",
  },
  {
    path: "src/files/json.ts",
    before:
      "return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sortKeys(item)]));",
    after:
      "return Object.fromEntries(entries.sort(([a], [b]) => (a <= b ? -1 : 1)).map(([key, item]) => [key, sortKeys(item)]));",
    reason: "no object has two equal keys",
  },
  {
    path: "src/files/field_table.ts",
    before: "const FIELD_COLUMNS = 3;",
    after: "const FIELD_COLUMNS = 4;",
    reason: "there is no fourth column to align",
  },
  {
    path: "src/files/field_table.ts",
    before: "const FIELD_COLUMNS = 3;",
    after: "const FIELD_COLUMNS = 6;",
    reason: "there is no fourth column to align",
  },
  {
    path: "src/files/field_table.ts",
    before:
      "if (items !== undefined && prefixItems === undefined) return `${expectedText(node)}, each ${typeText(items)}`;",
    after: "if ((items !== undefined)) return `${expectedText(node)}, each ${typeText(items)}`;",
    reason: "only a tuple with a rest has both, and no schema has one",
  },
  {
    path: "src/files/json_schema.ts",
    before: "return { ...($schema !== undefined && { $schema }), ...head, ...body };",
    after: "return { ...(({ $schema })), ...head, ...body };",
    reason: "zod always names the version: the question is for the type",
  },
  {
    path: "src/files/write.ts",
    before: "if (error instanceof Deno.errors.NotCapable || !(error instanceof Error)) throw error;",
    after: "if ((error instanceof Deno.errors.NotCapable)) throw error;",
    reason: "what the system throws is always an Error: the rest is for the type",
  },
  {
    path: "src/training/update.ts",
    before: "maxGradientNorm: maxGradientNorm ?? Infinity,",
    after: "maxGradientNorm: (maxGradientNorm),",
    reason: "no norm is above undefined either: nothing is clipped",
  },
  {
    path: "src/training/loss/surrogate.ts",
    before: 'if (advantage < 0 && ratio < 1 - low) return { value: -(1 - low) * advantage, slope: 0, clipped: "low" };',
    after: 'if (advantage < 0 && ratio <= 1 - low) return { value: -(1 - low) * advantage, slope: 0, clipped: "low" };',
    reason: "at the border itself the value is the same, and a real ratio does not meet it",
  },
];
