/**
 * `score FILE…`: metrics recomputed from results, samples or published counts.
 *
 * @module
 */
import { EXIT } from "./command.ts";
import { kebabCase } from "./flag.ts";
import type { ScoreArguments } from "./descriptions/results.ts";
import { BenchError, UsageError } from "../errors.ts";
import { parseMetric } from "../metrics/metric.ts";
import { FEWEST_SAMPLES } from "../metrics/predicted_pass_at_k.ts";
import { countText } from "../text/numbers.ts";
import { renderTextTable, stdoutHasColour } from "../text/table.ts";
import { chooseResults, leftOutText } from "../result/choice.ts";
import { completeResult } from "../result/complete.ts";
import { printedTextTables, separatePrinted } from "../score/printed.ts";
import { needsOrder } from "../score/rules.ts";
import { bootstrapAverages, type ScoredArm, scoreDocument, scoreFiles, type WantedSizes } from "../score/score.ts";
import { headlineKeys, scoreTables } from "../score/table.ts";
import { expandFolders, resultsFolder } from "./result_arguments.ts";
import { dateTime } from "../clock.ts";
import { type OnSkipped, unlessSkipped } from "../result/skipped.ts";
import { refuseLinkOut, writeResult } from "../result/store.ts";
import { type Reading, whileReading } from "./reading.ts";

/** @returns the exit code */
export async function run(args: ScoreArguments): Promise<number> {
  return await whileReading((reading) => score(args, reading));
}

function score({ positionals, flags }: ScoreArguments, reading: Reading): number {
  const found = (path: string) => !positionals.includes(path);
  const onSkipped: OnSkipped = (file) => {
    // What was named is wanted.
    if (!found(file.path)) throw new BenchError(file.reason);
    reading.onSkipped(file);
  };
  const paths = expandFolders(positionals).filter((path) =>
    unlessSkipped(path, () => {
      if (found(path)) refuseLinkOut(path);
      return true;
    }, onSkipped)
  );
  const { printed, others } = separatePrinted(paths, onSkipped);
  if (others.length === 0 && printed.length > 0) refuseToRecompute(printed[0].source, flags);
  const asked = {
    ...(flags.passAt !== undefined && { passAt: flags.passAt }),
    ...(flags.majorityAt !== undefined && { majorityAt: flags.majorityAt }),
    ...(flags.rules !== undefined && { rules: flags.rules }),
  };
  const arms = others.length === 0
    ? []
    : countedArms(scoreFiles(others, asked, dateTime(), onSkipped), positionals, flags);
  for (const { notes = [] } of arms) notes.forEach((note) => console.error(note));
  if (arms.length > 0) refuseUnknown(arms, asked);
  if (flags.save) save(arms, resultsFolder(flags.results));
  const keys = headlineKeys(arms, asked);
  const resamples = flags.bootstrap;
  const bootstrap = resamples === undefined
    ? undefined
    : arms.map((arm) => bootstrapAverages(arm, keys.map(parseMetric), resamples));
  if (flags.json) {
    const document = { ...scoreDocument(arms, bootstrap), ...(printed.length > 0 && { printed }) };
    console.log(JSON.stringify(document, null, 2));
  } else {
    const colour = stdoutHasColour();
    console.log(
      [...scoreTables(arms, keys, bootstrap), ...printedTextTables(printed)]
        .map((table) => renderTextTable(table, { colour })).join("\n\n\n"),
    );
  }
  return EXIT.ok;
}

/** What asks to compute something is no use where no file has anything to compute from. */
function refuseToRecompute(path: string, flags: ScoreArguments["flags"]): void {
  const asked = (["passAt", "majorityAt", "rules", "bootstrap", "save"] as const).find((name) =>
    flags[name] !== undefined
  );
  if (asked !== undefined) {
    throw new UsageError(
      `Cannot use --${
        kebabCase(asked)
      } on ${path}: found a table as printed, expected counts or samples to compute from`,
    );
  }
}

/** A k or a rule that no dataset allows would leave its column out without a word. */
function refuseUnknown(arms: readonly ScoredArm[], { passAt, majorityAt, rules = [] }: WantedSizes): void {
  const most = Math.max(...arms.flatMap(({ datasets }) => datasets.map(({ n }) => n)));
  // Beyond the samples there are, Pass@k is predicted; one sample a problem predicts nothing.
  if (most < FEWEST_SAMPLES) refuseTooMany("--pass-at", passAt, most);
  refuseTooMany("--majority-at", majorityAt, most);
  const unknown = rules.find((rule) =>
    needsOrder(rule) && arms.every(({ datasets }) => datasets.every(({ byRule }) => !(rule in (byRule ?? {}))))
  );
  if (unknown !== undefined) {
    throw new UsageError(
      `Cannot use --rules ${unknown}: found counts alone, expected samples (.jsonl), whose order the rule needs`,
    );
  }
}

/** What was named counts; of a folder's results those that the common rule takes. */
function countedArms(
  arms: readonly ScoredArm[],
  named: readonly string[],
  { experiments }: ScoreArguments["flags"],
): readonly ScoredArm[] {
  const found = arms.flatMap((arm) =>
    arm.result === undefined || named.includes(arm.source) ? [] : [{ arm, result: arm.result }]
  );
  const choice = chooseResults(found, { experiments });
  const leftOut = new Set(choice.leftOut.map(({ source }) => source.arm));
  if (leftOut.size > 0) console.error(`left out: ${leftOutText(choice)}`);
  if (leftOut.size === arms.length) {
    throw new BenchError("Cannot score: expected results that did not fail, of the experiments that are named");
  }
  return arms.filter((arm) => !leftOut.has(arm));
}

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
