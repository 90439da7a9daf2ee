/**
 * `runs`: the run folders, how far each is, whether its files are whole, and removing it.
 *
 * @module
 */
import { basename, dirname, resolve } from "node:path";
import { EXIT } from "./command.ts";
import type { RunsArguments } from "./descriptions/experiments.ts";
import { places } from "./places.ts";
import { BenchError, nearestName, UsageError } from "../errors.ts";
import { lockRun } from "../experiment/run_folder.ts";
import {
  type FolderSize,
  folderSize,
  runFaults,
  type RunProgress,
  runProgress,
  type Share,
} from "../experiment/run_report.ts";
import { readStoredRun, type StoredRun, storedRunNames, whyNotContinued } from "../experiment/stored_run.ts";
import { countText, gigabytesText } from "../text/numbers.ts";
import { shellWord } from "../text/shell_word.ts";
import { renderTextTable, stdoutHasColour, type Tone } from "../text/table.ts";
import { visible } from "../text/visible.ts";

/** @returns 0, or 1 where a file is damaged, or a removal was not wanted after all */
export async function run({ positionals, flags }: RunsArguments): Promise<number> {
  const [action = "list", ...given] = positionals;
  const root = flags.runs ?? "runs";
  const names = chosen(given, root);
  const json = flags.json === true;
  switch (action) {
    case "check":
      return await check(root, names, json);
    case "remove":
      if (given.length === 0) throw new UsageError("Cannot remove: name the run folders, as `runs list` shows them");
      return remove(root, names, flags.yes === true);
    default:
      return await list(root, names, json);
  }
}

/** The names that were given, each bare or as a path of the folder; all where none was. */
function chosen(given: readonly string[], root: string): string[] {
  const known = storedRunNames(root);
  if (given.length === 0) return known;
  return given.map((word) => {
    const isPath = /[/\\]/.test(word.replace(/[/\\]+$/, ""));
    const name = basename(word);
    if (known.includes(name) && (!isPath || resolve(dirname(word)) === resolve(root))) return name;
    const near = nearestName(name, known);
    throw new UsageError(
      `Cannot find run folder ${JSON.stringify(word)} in ${root}: ` +
        (near === undefined
          ? `it has ${known.length === 0 ? "none" : known.join(", ")}`
          : `did you mean ${JSON.stringify(near)}?`),
    );
  });
}

/** How a run folder stands. */
type Status = "running" | "damaged" | "complete" | "started";

interface Listed extends RunProgress, FolderSize {
  readonly stored: StoredRun;
  readonly status: Status;
  /** What continues it, or why nothing does, for a reader; absent where there is nothing to continue. */
  readonly next?: string;
  /** The command that continues it, where there is one. */
  readonly command?: string;
}

/** Files are only looked for, which takes no time however large they are. */
async function look(root: string, name: string): Promise<Listed> {
  const stored = readStoredRun(`${root}/${name}`);
  const progress = runProgress(stored);
  const damaged = !stored.running && (await runFaults(stored, { contents: false })).length > 0;
  const status = stored.running ? "running" : damaged ? "damaged" : progress.finished ? "complete" : "started";
  return {
    stored,
    status,
    ...progress,
    ...folderSize(`${root}/${name}`),
    ...((status === "started" || status === "damaged") && continuation(stored)),
  };
}

function continuation(stored: StoredRun): Pick<Listed, "next" | "command"> {
  const changed = whyNotContinued(stored);
  if (changed !== undefined) return { next: `not continued by this code, ${changed}` };
  if (stored.command === undefined) return { next: "continued by the program that began it" };
  const command = [places().program, ...stored.command.map(shellWord)].join(" ");
  return { next: `continue: ${command}`, command };
}

const TONES: Readonly<Record<Status, Tone>> = { running: "strong", damaged: "bad", complete: "good", started: "plain" };

async function list(root: string, names: readonly string[], json: boolean): Promise<number> {
  const runs: Listed[] = [];
  for (const name of names) runs.push(await look(root, name));
  if (json) {
    const rows = runs.map(({ stored: { name, experiment }, status, steps, samples, changed, bytes, command }) => ({
      name,
      experiment,
      status,
      steps,
      samples,
      changed: changed.toISOString(),
      bytes,
      ...(command !== undefined && { continue: command }),
    }));
    console.log(JSON.stringify({ runs: rows }));
    return EXIT.ok;
  }
  if (runs.length === 0) {
    console.log(`No run folders in ${root}`);
    return EXIT.ok;
  }
  const total = runs.reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(renderTextTable({
    title: `Run folders in ${root}`,
    columns: ["name", "experiment", "status", "steps", "samples", "last change (UTC)", "size"].map((header, i) => ({
      header,
      align: i < 3 ? "left" : "right",
    })),
    rows: runs.map(({ stored, status, steps, samples, changed, bytes }) => [
      stored.name,
      stored.experiment,
      { text: status, tones: [TONES[status]] },
      shareText(steps),
      shareText(samples),
      changed.toISOString().replace(/^(.*)T(.*):.*$/, "$1 $2"),
      gigabytesText(bytes),
    ]),
    notes: [`${countText(runs.length, "run folder")}, ${gigabytesText(total)}`],
  }, { colour: stdoutHasColour() }));
  for (const { stored, next } of runs) if (next !== undefined) console.log(visible(`${stored.name}: ${next}`));
  const damaged = runs.filter(({ status }) => status === "damaged").map(({ stored }) => stored.name);
  if (damaged.length > 0) console.log(visible(`What is damaged: ${places().program} runs check ${damaged.join(" ")}`));
  return EXIT.ok;
}

function shareText({ done, of }: Share): string {
  return of === undefined ? "?" : `${done} of ${of}`;
}

async function check(root: string, names: readonly string[], json: boolean): Promise<number> {
  const checked: { name: string; running: boolean; faults: { fault: string; next: string }[] }[] = [];
  for (const name of names) {
    const stored = readStoredRun(`${root}/${name}`);
    const faults = stored.running ? [] : await runFaults(stored);
    checked.push({ name, running: stored.running, faults });
    if (json) continue;
    for (const { fault, next } of faults) console.log(visible(`${fault}; ${next}`));
    if (stored.running) console.log(visible(`${name}: not checked, a process works there`));
    else console.log(visible(`${name}: ${faults.length === 0 ? "whole" : countText(faults.length, "damaged file")}`));
  }
  if (json) console.log(JSON.stringify({ runs: checked }));
  else if (names.length === 0) console.log(`No run folders in ${root}`);
  return checked.some(({ faults }) => faults.length > 0) ? EXIT.failed : EXIT.ok;
}

function remove(root: string, names: readonly string[], yes: boolean): number {
  const sizes = names.map((name) => ({ name, ...folderSize(`${root}/${name}`) }));
  const all = gigabytesText(sizes.reduce((sum, { bytes }) => sum + bytes, 0));
  if (!yes) {
    if (!Deno.stdin.isTerminal()) throw new UsageError(`Cannot remove ${names.join(", ")} unasked: add --yes`);
    if (!confirm(visible(`Remove ${names.join(", ")}, ${all}?`))) return EXIT.failed;
  }
  for (const { name, bytes } of sizes) {
    const path = `${root}/${name}`;
    // Held until all is gone, so that nobody begins to work there meanwhile.
    using lock = lockRun(path);
    if (lock === undefined) {
      throw new BenchError(`Cannot remove ${path}: a process works there; wait until it has ended`);
    }
    Deno.removeSync(path, { recursive: true });
    console.log(visible(`removed ${path}, ${gigabytesText(bytes)} freed`));
  }
  if (sizes.length > 1) console.log(`${all} freed in all`);
  return EXIT.ok;
}
