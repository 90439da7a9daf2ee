/**
 * `score FILE…`: metrics recomputed from results, samples or published counts.
 *
 * @module
 */
import { EXIT } from "./command.ts";
import type { ScoreArguments } from "./descriptions/results.ts";
import { UsageError } from "../errors.ts";
import { parseMetric } from "../metrics/metric.ts";
import { FEWEST_SAMPLES } from "../metrics/predicted_pass_at_k.ts";
import { countText } from "../text/numbers.ts";
import { renderTextTable, stdoutHasColour } from "../text/table.ts";
import { completeResult } from "../result/complete.ts";
import { bootstrapAverages, type ScoredArm, scoreDocument, scoreFiles } from "../score/score.ts";
import { headlineKeys, scoreTables } from "../score/table.ts";
import { expandFolders, resultsFolder } from "./result_arguments.ts";
import { dateTime } from "../clock.ts";
import { writeResult } from "../result/store.ts";

/** @returns the exit code */
export async function run({ positionals, flags }: ScoreArguments): Promise<number> {
  const asked = {
    ...(flags.passAt !== undefined && { passAt: flags.passAt }),
    ...(flags.majorityAt !== undefined && { majorityAt: flags.majorityAt }),
  };
  const arms = scoreFiles(expandFolders(positionals), asked, dateTime());
  const most = Math.max(...arms.flatMap(({ datasets }) => datasets.map(({ n }) => n)));
  // Beyond the samples there are, Pass@k is predicted; one sample a problem predicts nothing.
  if (most < FEWEST_SAMPLES) refuseTooMany("--pass-at", asked.passAt, most);
  refuseTooMany("--majority-at", asked.majorityAt, most);
  if (flags.save) save(arms, resultsFolder(flags.results));
  const keys = headlineKeys(arms, asked);
  const resamples = flags.bootstrap;
  const bootstrap = resamples === undefined
    ? undefined
    : arms.map((arm) => bootstrapAverages(arm, keys.map(parseMetric), resamples));
  if (flags.json) {
    console.log(JSON.stringify(scoreDocument(arms, bootstrap), null, 2));
  } else {
    const colour = stdoutHasColour();
    console.log(
      scoreTables(arms, keys, bootstrap).map((table) => renderTextTable(table, { colour })).join("\n\n\n"),
    );
  }
  return EXIT.ok;
}

/** A k that no dataset has samples for would leave its column out without a word. */
function refuseTooMany(flag: string, sizes: readonly number[] | undefined, most: number): void {
  const tooMany = sizes?.find((k) => k > most);
  if (tooMany !== undefined) {
    throw new UsageError(
      `Cannot use ${flag} ${tooMany}: found ${countText(most, "sample")} per problem, expected at least ${tooMany}`,
    );
  }
}

function save(arms: readonly ScoredArm[], folder: string): void {
  const counts = arms.flatMap(({ imported }) => imported ?? []);
  if (counts.length < arms.length) {
    const other = arms.find(({ imported }) => imported === undefined)!;
    throw new UsageError(
      `Cannot save ${other.source}: --save imports published counts; results are files already, samples belong to a run`,
    );
  }
  for (const own of counts) {
    const { path, existed } = writeResult(folder, completeResult(own));
    console.error(existed ? `${path} is there already` : `wrote ${path}`);
  }
}
