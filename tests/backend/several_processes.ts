/** Training of several processes against that of one. */
import { assert, assertEquals } from "@std/assert";
import { ALGORITHM_CASES, golden, trainOn } from "./algorithm_suite.ts";
import type { TestedBackend } from "./backends.ts";

/**
 * Of a loss, or of the log-densities that it is a difference of: sums over processes run in another order than in one, and
 * rows of other batches round otherwise.
 */
const ORDER_TOLERANCE = 1e-6;

/** Declares a test of every algorithm: losses and texts are those of one process. */
export function testSeveralProcesses(
  name: string,
  one: TestedBackend,
  several: Pick<TestedBackend, "create">,
  tolerance = ORDER_TOLERANCE,
): void {
  for (const setting of ALGORITHM_CASES) {
    Deno.test({
      name: `${name}: losses and texts of one process, ${setting.name}`,
      ignore: one.missing !== undefined,
      fn: async () => {
        const expected = await trainOn(one, setting, golden);
        const found = await trainOn(several, setting, golden);
        assertEquals(found.tokens, expected.tokens);
        found.curve.forEach((point, i) => {
          const size = Math.max(1, Math.abs(expected.curve[i].thoughtLogDensity ?? 0));
          for (const figure of ["loss", "policyLoss"] as const) {
            const [a, b] = [point[figure] ?? 0, expected.curve[i][figure] ?? 0];
            assert(
              Math.abs(a - b) <= tolerance * Math.max(size, Math.abs(b)),
              `${figure} of step ${point.step}: ${a}, expected ${b}`,
            );
          }
        });
      },
    });
  }
}
