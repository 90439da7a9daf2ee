/**
 * `bench:ablations`: run the ablations one after the other, each a `bench` with a run folder of its own from which it
 * continues, then write the page of their claims from the results.
 *
 * @module
 */
import { BenchError, UsageError } from "../errors.ts";
import { resolveExperiment } from "../experiment/resolve.ts";
import { isPresent } from "../files/read.ts";
import { makeFolder, writeFileAtomically } from "../files/write.ts";
import { readCandidates } from "../result/candidates.ts";
import { chooseResults, leftOutText } from "../result/choice.ts";
import type { ResultSource } from "../result/store.ts";
import { type Ablation, claimsPage } from "../summary/claims_page.ts";
import { summarize, type Summary } from "../summary/summary.ts";
import { type AblationFile, loadAblations } from "./ablation_files.ts";
import { runBench } from "./bench.ts";
import { EXIT } from "./command.ts";
import { commandWords } from "./command_words.ts";
import { ABLATIONS_PAGE, ABLATIONS_RESULTS, type AblationsArguments } from "./descriptions/experiments.ts";
import { overridesOf, workbenchOptions } from "./experiment_arguments.ts";
import { type Reading, whileReading } from "./reading.ts";

/** @returns 0, or 1 where an arm failed */
export async function run(args: AblationsArguments): Promise<number> {
  const { positionals } = args;
  const flags = { ...args.flags, results: args.flags.results ?? ABLATIONS_RESULTS };
  const readsAlone = flags.page === true || flags.check === true;
  if (readsAlone && positionals.length > 0) {
    throw new UsageError(`Cannot take ${positionals.join(" ")} with --page or --check: the page is of all ablations`);
  }
  let code: number = EXIT.ok;
  if (!readsAlone) {
    for (const ablation of await loadAblations(positionals)) {
      code = Math.max(code, await runAblation(ablation, { ...args, flags }));
    }
    if (flags.dryRun === true) return code;
  }
  return Math.max(code, await whileReading((reading) => renewPage(flags, reading)));
}

async function runAblation({ name, experiment }: AblationFile, args: AblationsArguments): Promise<number> {
  if (args.flags.quiet !== true) console.error(`ablation ${name}`);
  const words = commandWords("bench:ablations", { ...args, positionals: [name] });
  const config = resolveExperiment(experiment, overridesOf(args));
  return await runBench({ config, notes: [] }, workbenchOptions(args), args, words);
}

async function renewPage(
  flags: AblationsArguments["flags"] & { readonly results: string },
  reading: Reading,
): Promise<number> {
  const path = (flags.output ?? ABLATIONS_PAGE).replace(/^\.\//, "");
  const ablations = await loadAblations();
  const experiments = ablations.map(({ experiment }) => experiment.name);
  const { results } = readCandidates(flags.results, { ...reading, experiments });
  const text = claimsPage(ablations.map((file) => ablationOf(file, results)));
  const present = isPresent(path) ? Deno.readTextFileSync(path) : undefined;
  if (flags.check === true) {
    if (present === text) {
      console.error(`${path} is up to date`);
      return EXIT.ok;
    }
    throw new BenchError(
      `Cannot vouch for ${path}: not what the result files give; run deno task bench:ablations --page and commit`,
    );
  }
  if (present === text) return EXIT.ok;
  const slash = path.lastIndexOf("/");
  if (slash > 0) makeFolder(path.slice(0, slash));
  writeFileAtomically(path, text);
  console.error(`wrote ${path}`);
  return EXIT.ok;
}

/** Only completed runs of committed code count, as on the leaderboard. */
function ablationOf({ name, experiment: config, claims }: AblationFile, all: readonly ResultSource[]): Ablation {
  const own = all.filter(({ result }) => result.experiment.name === config.name);
  const choice = chooseResults(own, { published: true, experiments: [config.name] });
  const leftOut = leftOutText(choice);
  if (leftOut !== undefined) console.error(`${name}: left out ${leftOut}`);
  const summary = latest(summarize(choice.counted.map(({ result }) => result)));
  return { name, description: config.description, claims, ...(summary !== undefined && { summary }) };
}

/** Of the summaries of one experiment, which differ in its settings, that with the latest run. */
function latest(summaries: readonly Summary[]): Summary | undefined {
  const startOf = ({ arms }: Summary) =>
    arms.flatMap(({ results }) => results.map(({ run }) => run.startedAt)).sort().at(-1)!;
  return summaries.toSorted((a, b) => startOf(a) < startOf(b) ? -1 : 1).at(-1);
}
