/**
 * Tests on the real rows, which are not in this repository: they need a folder of published files or normalised rows in
 * SOFT_GRPO_BENCH_MIRROR, and say so loudly where it is missing.
 */
import { assertEquals } from "@std/assert";
import { applyErrata, damagedQuestions } from "../../src/datasets/errata.ts";
import { loadDataset } from "../../src/datasets/registry.ts";
import { mirrorCandidates } from "../../src/datasets/cache.ts";
import type { PublishedDataset } from "../../src/datasets/published_dataset.ts";
import { isPresent } from "../../src/files/read.ts";
import type { Problem } from "../../src/datasets/problem.ts";

/** Folder of the real rows, or undefined where there is none. */
export const MIRROR = readMirror();

/** Reads from the mirror alone, not from what the developer's cache happens to hold. */
const NO_CACHE = "no-such-cache";

function readMirror(): string | undefined {
  const mirror = Deno.env.get("SOFT_GRPO_BENCH_MIRROR");
  return mirror === undefined || mirror === "" ? undefined : mirror;
}

/** Whether the mirror has a dataset; those out of domain need not be there. */
function isMirrored(entry: PublishedDataset): boolean {
  return MIRROR !== undefined &&
    (entry.use !== "out-of-domain" || mirrorCandidates(entry).some(({ path }) => isPresent(`${MIRROR}/${path}`)));
}

/** A test that gets the dataset's rows from the mirror. */
export function mirrorTest(entry: PublishedDataset, name: string, check: (rows: Problem[]) => void): void {
  const skipped = !isMirrored(entry);
  const reason = MIRROR === undefined ? "is not set" : "has no file of it";
  if (skipped) console.warn(`SKIPPED, SOFT_GRPO_BENCH_MIRROR ${reason}: ${entry.name}: ${name}`);
  Deno.test({
    name: `${entry.name}: ${name}`,
    ignore: skipped,
    fn: async () => {
      const { problems, sha256 } = await loadDataset(entry.name, { cache: NO_CACHE, mirror: MIRROR! });
      if (entry.rowsSha256 !== undefined) assertEquals(sha256, entry.rowsSha256);
      check([...problems]);
    },
  });
}

/** Tests that hold for every real evaluation set: rows as pinned, and errata that mend what is damaged. */
export function testEvaluationSet(entry: PublishedDataset): void {
  mirrorTest(entry, "the rows of the mirror are the pinned ones", (rows) => {
    assertEquals(rows.length, entry.rows);
    assertEquals(rows[0].id, `${entry.name}/0000`);
  });
  mirrorTest(entry, "no damage is left in the view with errata, and none was there without an erratum", (rows) => {
    const options = { currency: entry.currency ?? false };
    assertEquals(damagedQuestions(applyErrata(rows, entry.errata), options), []);
    const corrected = new Set(entry.errata.map(({ id }) => id));
    assertEquals(damagedQuestions(rows, options).filter(({ id }) => !corrected.has(id)), []);
  });
}
