/**
 * The run folders: how many there are, and which hold damaged files.
 *
 * @module
 */
import { runFaults, runProgress } from "../experiment/run_report.ts";
import { readStoredRun, storedRunNames } from "../experiment/stored_run.ts";
import type { Fact } from "./fact.ts";

/**
 * One fact about all run folders. Every file is read, as `runs check` does; those in which a process works are only counted.
 *
 * @param root folder of run folders
 */
export async function runsFact(root = "runs"): Promise<Fact> {
  const stored = storedRunNames(root).map((name) => readStoredRun(`${root}/${name}`));
  const damaged: string[] = [];
  for (const run of stored) if (!run.running && (await runFaults(run)).length > 0) damaged.push(run.name);
  const whole = stored.filter(({ name, running }) => !running && !damaged.includes(name));
  const complete = whole.filter((run) => runProgress(run).finished).length;
  const counts: readonly (readonly [count: number, what: string])[] = [
    [stored.filter(({ running }) => running).length, "running"],
    [complete, "complete"],
    [whole.length - complete, "started"],
    [damaged.length, "damaged"],
  ];
  const parts = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const found = [`${stored.length} in ${root}`, ...(parts.length > 0 ? [parts.join(", ")] : [])].join(": ");
  return damaged.length === 0
    ? { area: "storage", name: "runs", state: "info", found }
    : { area: "storage", name: "runs", state: "damaged", found, fix: "deno task runs check" };
}
