/**
 * Trackio 0.43: fragments of version 1 in `DIR/inbox/`, JSON Lines that `TRACKIO_DIR=DIR trackio show` takes into its
 * database, and then removes. Each line has a `log_id` of its own, by which trackio knows a step that it has.
 *
 * @module
 */
import { sha256 } from "../../files/hash.ts";
import { makeFolder, writeFileAtomically } from "../../files/write.ts";
import type { LoggedStep, TrackedRun, Tracker } from "./tracker.ts";

const FRAGMENT_VERSION = 1;
/** So that names sort as steps do. */
const STEP_DIGITS = 8;

/** Begins a run's fragments; the first holds the steps that there are. */
export const track: Tracker = (folder, run, earlier) => {
  const inbox = `${folder}/inbox/${run.id}`;
  makeFolder(inbox);
  const write = (steps: readonly LoggedStep[], time: string) => {
    const last = steps.at(-1);
    if (last === undefined) return;
    const lines = steps.map((step) => JSON.stringify(fragment(run, step, time)) + "\n");
    writeFileAtomically(`${inbox}/${String(last.step).padStart(STEP_DIGITS, "0")}.jsonl`, lines.join(""));
  };
  write(earlier, run.time);
  return { log: (step, time) => write([step], time), finish: () => {}, [Symbol.dispose]: () => {} };
};

function fragment({ project, name, id, config }: TrackedRun, { step, figures }: LoggedStep, time: string) {
  return {
    v: FRAGMENT_VERSION,
    kind: "metric",
    project,
    run: name,
    run_id: id,
    metrics: figures,
    step,
    timestamp: time,
    config,
    log_id: sha256(`${id} ${step}`).slice(0, id.length),
  };
}
