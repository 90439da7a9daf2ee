/**
 * `datasets`: what there is, bringing it here, and whether what is here is right.
 *
 * @module
 */
import { EXIT } from "./command.ts";
import type { DatasetsArguments } from "./descriptions/supplies.ts";
import { DEFAULT_CACHE } from "../datasets/cache.ts";
import { fetchDataset, type FetchedDataset } from "../datasets/fetch.ts";
import type { PublishedDataset } from "../datasets/published_dataset.ts";
import { PUBLISHED_DATASETS, publishedDataset } from "../datasets/registry.ts";
import { checkDatasets, type CheckedDataset, checkLeaks, type DatasetStatus } from "../datasets/status.ts";
import { BenchError } from "../errors.ts";
import { Progress } from "../progress.ts";
import { renderTextTable, stdoutHasColour } from "../text/table.ts";
import { mirrorOfEnvironment } from "./mirror.ts";

/** Where files are and may come from. */
interface Places {
  readonly cache: string;
  readonly mirror?: string;
  readonly offline: boolean;
}

/** @returns 0, or 1 where something could not be fetched or is not what it must be */
export async function run({ positionals, flags }: DatasetsArguments): Promise<number> {
  const [action = "list", ...names] = positionals;
  const mirror = flags.mirror ?? mirrorOfEnvironment();
  const places = {
    cache: flags.cache ?? DEFAULT_CACHE,
    offline: flags.offline === true,
    ...(mirror !== undefined && { mirror }),
  };
  const json = flags.json === true;
  switch (action) {
    case "fetch":
      return await fetchAll(names.length > 0 ? names.map(publishedDataset) : evaluationSets(), places, json);
    case "verify":
      return verify(await checkDatasets(names, places), { json, named: names.length > 0 });
    default:
      return list(await checkDatasets(names, places), json);
  }
}

/** What is fetched where no names are given: the training sets are large, and few need them. */
function evaluationSets(): PublishedDataset[] {
  return PUBLISHED_DATASETS.filter(({ use }) => use === "evaluation");
}

function list(checked: readonly CheckedDataset[], json: boolean): number {
  const statuses = checked.map(({ status }) => status);
  console.log(json ? JSON.stringify({ datasets: statuses }) : statusTable("Datasets", statuses));
  return EXIT.ok;
}

async function fetchAll(entries: readonly PublishedDataset[], places: Places, json: boolean): Promise<number> {
  const progress = new Progress({ quiet: json });
  const outcomes: { name: string; fetched?: FetchedDataset; error?: string }[] = [];
  for (const entry of entries) {
    using phase = progress.phase(`fetch ${entry.name}`, {
      unit: "B",
      ...(entry.files[0].pin.bytes !== undefined && { total: entry.files[0].pin.bytes }),
    });
    let received = 0;
    const onProgress = ({ receivedBytes }: { receivedBytes: number }) => {
      phase.advance(Math.max(0, receivedBytes - received));
      received = receivedBytes;
    };
    try {
      outcomes.push({ name: entry.name, fetched: await fetchDataset(entry, { ...places, onProgress }) });
    } catch (error) {
      if (!(error instanceof BenchError)) throw error;
      outcomes.push({ name: entry.name, error: error.message });
    }
  }
  if (json) {
    const datasets = outcomes.map(({ name, fetched, error }) => ({
      name,
      ...(fetched && { from: fetched.from, path: fetched.path, problems: fetched.problems.length }),
      ...(error !== undefined && { error }),
    }));
    console.log(JSON.stringify({ datasets }));
  } else {
    const advice = new Set<string>();
    for (const { name, fetched, error } of outcomes) {
      if (fetched) console.log(`${name}: ${fetched.problems.length} problems from ${fetched.from}, in ${fetched.path}`);
      if (error === undefined) continue;
      const [fault, ...next] = error.split("\n");
      console.error(`Error: ${fault}`);
      next.forEach((line) => advice.add(line));
    }
    advice.forEach((line) => console.error(line));
  }
  return outcomes.some(({ error }) => error !== undefined) ? EXIT.failed : EXIT.ok;
}

/** Where names were given, each must be there; otherwise only what is there must be right. */
function verify(checked: readonly CheckedDataset[], { json, named }: { json: boolean; named: boolean }): number {
  const statuses = checked.map(({ status }) => status);
  const wrong = statuses.filter(({ state }) => state === "broken" || (named && state === "missing"));
  const leaks = checkLeaks(checked);
  if (json) {
    console.log(JSON.stringify({ datasets: statuses, leaks }));
  } else {
    const damage = statuses.flatMap(({ damaged, name, errata }) =>
      damaged.map(({ id, fault }) => `${id}: ${fault}${errata > 0 ? `; mended in ${name}+errata1` : ""}`)
    );
    const shared = leaks.map(({ name, report }) =>
      `${name}: ${report.sharedWithEvaluation} evaluation problems among its ${report.trainingProblems}` +
      report.leaks.map((leak) =>
        `\n  ${leak.training} is ${leak.evaluation} (${leak.by}, ${Math.round(100 * leak.similarity)} %)`
      ).join("")
    );
    console.log(
      [
        statusTable("Verified: hash of the file and of the rows", statuses),
        ...(damage.length > 0 ? ["", "Damaged question text, as published:", ...damage] : []),
        ...(shared.length > 0 ? ["", "Training against the evaluation sets that are here:", ...shared] : []),
      ].join("\n"),
    );
    for (const { name, state, fault } of wrong) {
      console.error(`Error: ${name} is ${state}: ${fault ?? `run: deno task datasets fetch ${name}`}`);
    }
  }
  return wrong.length > 0 ? EXIT.failed : EXIT.ok;
}

/** A repository and commit in place of an address; a path or a law as it is. */
function shortSource(source: string): string {
  const file = /^https:\/\/[^/]+\/(?:media\/)?([^/]+\/[^/]+)\/([0-9a-f]{7})[0-9a-f]{33}\//.exec(source);
  return file ? `${file[1]}@${file[2]}` : source;
}

/** Digits of a hash that a table shows. */
const HASH_DIGITS = 12;

function statusTable(title: string, statuses: readonly DatasetStatus[]): string {
  return renderTextTable({
    title,
    columns: ["name", "use", "problems", "version", "rows sha256", "state", "licence", "source"].map((header) => ({
      header,
      align: header === "problems" ? "right" : "left",
    })),
    rows: statuses.map((status) => [
      status.name,
      status.use,
      status.problems === undefined ? "?" : String(status.problems),
      status.version,
      status.rowsSha256?.slice(0, HASH_DIGITS) ?? "?",
      { text: status.state, tones: [status.state === "broken" ? "bad" : status.state === "missing" ? "dim" : "good"] },
      status.licence,
      shortSource(status.source),
    ]),
  }, { colour: stdoutHasColour() });
}
