/**
 * Two programs at once: in one folder of runs, where one of them waits its turn by ending in a line; and in one folder of
 * results, where both write and read.
 *
 * @module
 */
import { type Ended, improper, lastLines, MAIN, run } from "./process.ts";
import { type Finding, newPlace, removePlace, type SmallestBench } from "./smallest_bench.ts";
import type { Case, Kind } from "./table.ts";

/** Name of the kind. */
export const TWO_PROCESSES = "two processes at once";

/** The kind; each of its ways so many times. */
export function twoProcesses(bench: SmallestBench, times: number): Kind {
  const ways: Readonly<Record<string, (place: string) => Promise<Finding>>> = {
    "two benches in one folder of runs": (place) => sameRuns(bench, place),
    "two benches, one folder of results": (place) => sameResults(bench, place),
    "a bench beside a leaderboard and a report": (place) => besideReaders(bench, place),
  };
  const cases = Object.entries(ways).flatMap(([name, way]) =>
    Array.from({ length: times }, (_, i): Case => ({
      name: `${name}, ${i + 1}`,
      run: async () => {
        const place = newPlace();
        const finding = await way(place);
        if (finding === undefined) removePlace(place);
        return finding && `${finding} (${place})`;
      },
    }))
  );
  return { name: TWO_PROCESSES, cases };
}

async function sameRuns(bench: SmallestBench, place: string): Promise<Finding> {
  const both = await Promise.all([bench.run(place), bench.run(place)]);
  const late = both.filter(({ code }) => code !== 0);
  if (late.length === 2) return `both ended: ${both.map(({ stderr }) => lastLines(stderr)).join("; ")}`;
  const wrong = both.map(improper).find((each) => each !== undefined);
  if (wrong !== undefined) return wrong;
  for (const { stderr } of late) {
    if (!stderr.includes("another process works there")) return `ended for another reason: ${lastLines(stderr)}`;
  }
  return await bench.difference(place);
}

/** Both write the page of all results at their end. */
async function sameResults(bench: SmallestBench, place: string): Promise<Finding> {
  const runs = [`${place}/runs`, `${place}/other`];
  const both = await Promise.all(runs.map((folder) => bench.run(place, { more: ["--runs", folder] })));
  const wrong = bothWell(both);
  if (wrong !== undefined) return wrong;
  Deno.removeSync(runs[1], { recursive: true });
  return await bench.difference(place);
}

/** Readers meet whole files alone, at whatever moment. */
async function besideReaders(bench: SmallestBench, place: string): Promise<Finding> {
  const results = ["--results", `${place}/results`];
  Deno.mkdirSync(`${place}/runs`);
  const working = bench.run(place, { more: ["--quiet"] });
  let over = false;
  const ended = working.finally(() => over = true);
  const read = async (words: readonly string[]) => {
    const all: Ended[] = [];
    do all.push(await run([...MAIN, ...words, ...results])); while (!over);
    // Before the first result there is nothing to report.
    return all.filter(({ stderr }) => !stderr.includes("has no result files"));
  };
  const readers = await Promise.all([
    read(["leaderboard", "--smoke"]),
    read(["report", "--runs", `${place}/runs`, "--output", `${place}/results/report.html`]),
  ]);
  const wrong = bothWell([await ended, ...readers.flat()]);
  for (const name of ["leaderboard.json", "LEADERBOARD.md"]) Deno.removeSync(`${place}/results/${name}`);
  return wrong ?? await bench.difference(place);
}

function bothWell(all: readonly Ended[]): Finding {
  const wrong = all.map(improper).find((each) => each !== undefined);
  return wrong ?? all.filter(({ code }) => code !== 0).map(({ stderr }) => lastLines(stderr))[0];
}
