/**
 * A run folder with a finished experiment of seconds, for tests to read and to damage.
 *
 * @module
 */
import { bench } from "../../src/experiment/bench.ts";
import mini from "../fixtures/mini.ts";

/** A folder of runs, and the name of the run folder in it. */
export interface MadeRuns {
  readonly runs: string;
  readonly name: string;
}

/** Makes them anew: an untrained arm and one that is trained for three steps. */
export async function makeRuns(): Promise<MadeRuns> {
  const runs = await Deno.makeTempDir();
  const arms = ["base", "soft-thinking-grpo"];
  await bench(mini, { arms, datasets: ["arith-add"], seeds: [2], limit: 3, samples: 5, runsFolder: runs });
  return { runs, name: [...Deno.readDirSync(runs)][0].name };
}

/** A file of the samples of the untrained arm. */
export function samplesPath({ runs, name }: MadeRuns): string {
  const folder = `${runs}/${name}/samples`;
  const own = [...Deno.readDirSync(folder)].map((entry) => entry.name).find((entry) => entry.startsWith("base"))!;
  return `${folder}/${own}/arith-add.jsonl`;
}
