/**
 * The trackers of others that runs can be written for.
 *
 * @module
 */
import type { Tracker } from "./tracker.ts";

/** By the name that `--track` and `--export` take, each loaded when it is asked for: the command line knows names alone. */
export const TRACKERS = {
  tensorboard: () => trackerIn("./tensorboard.ts"),
  trackio: () => trackerIn("./trackio.ts"),
  "wandb-offline": () => trackerIn("./wandb_offline.ts"),
} as const satisfies Record<string, () => Promise<Tracker>>;

/** What a module exports as `track`; its name is no literal, so that the launcher does not resolve its packages. */
async function trackerIn(file: string): Promise<Tracker> {
  const { track } = await import(new URL(file, import.meta.url).href) as { track: Tracker };
  return track;
}

/** Name of a tracker. */
export type TrackerName = keyof typeof TRACKERS;

/** Every name of a tracker. */
export const TRACKER_NAMES = Object.keys(TRACKERS) as TrackerName[];

/** Whether a name is a tracker's. */
export function isTracker(name: string): name is TrackerName {
  return (TRACKER_NAMES as readonly string[]).includes(name);
}
