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
    path: "src/metrics/distributions.ts",
    before: "if (Math.abs(above * below - 1) <= 2 * Number.EPSILON) return value;",
    after: "if (Math.abs(above * below - 1) <= 3 * Number.EPSILON) return value;",
    reason: "a round that changes the value by two or three roundings less",
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
