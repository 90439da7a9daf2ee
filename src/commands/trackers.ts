/**
 * `--track`: an experiment written for trackers of others while it runs.
 *
 * @module
 */
import { dateTime } from "../clock.ts";
import type { BenchEvent } from "../experiment/events.ts";
import type { ResolvedExperimentConfig } from "../experiment/resolve.ts";
import { type TrackerName, TRACKERS } from "../exports/trackers/formats.ts";
import { Tracking } from "../exports/trackers/tracking.ts";
import { tryFolder } from "../files/write.ts";

/** Who hears an experiment's events. */
export interface OpenTrackers extends Disposable {
  follow(event: BenchEvent): void;
}

/**
 * Opens the trackers of a command line.
 *
 * @param flag a tracker's name and its folder, and so on
 * @throws {BenchError} If a folder cannot be written
 */
export async function openTrackers(
  flag: readonly string[] = [],
  config: ResolvedExperimentConfig,
): Promise<OpenTrackers> {
  const open: Tracking[] = [];
  for (let i = 0; i < flag.length; i += 2) {
    const [name, folder] = flag.slice(i, i + 2);
    tryFolder(folder);
    open.push(new Tracking(config, await TRACKERS[name as TrackerName](), folder, dateTime));
  }
  return {
    follow: (event) => open.forEach((tracking) => tracking.follow(event)),
    [Symbol.dispose]: () => open.forEach((tracking) => tracking[Symbol.dispose]()),
  };
}
