import { assertEquals } from "@std/assert";
import { resolveExperiment } from "../../src/experiment/resolve.ts";
import mini from "../fixtures/mini.ts";
import { ProgressView } from "../../src/commands/show_progress.ts";
import type { PhaseOptions, ProgressLog } from "../../src/progress.ts";

/** What a view asked to be shown, line by line. */
function listeningLog(): { log: ProgressLog; lines: string[] } {
  const lines: string[] = [];
  const log: ProgressLog = {
    phase(label: string, { total, done }: PhaseOptions) {
      lines.push(`${label}: begins at ${done} of ${total}`);
      const end = () => void lines.push(`${label}: ends`);
      return {
        advance: (by = 1, fields = {}, underWay = 0) =>
          void lines.push(`${label}: +${by} ${JSON.stringify(fields)}${underWay > 0 ? ` and ${underWay}` : ""}`),
        end,
        [Symbol.dispose]: end,
      };
    },
    note: (text) => void lines.push(text),
  };
  return { log, lines };
}

const run = { arm: "lepo", seed: 7 };

Deno.test("a training is one phase from where it was resumed to its last step", () => {
  const { log, lines } = listeningLog();
  const view = new ProgressView(log);
  const curve = [1, 2, 3].map((step) => ({ step, reward: 0 }));
  view.show({ kind: "training", run, curve, total: 5 });
  for (const step of [4, 5]) view.show({ kind: "step", run, total: 5, point: { step, reward: 0.5, tokens: 11 } });
  assertEquals(lines, [
    "train lepo-s7: begins at 3 of 5",
    "train lepo-s7: +0 {}",
    'train lepo-s7: +1 {"reward":"0.5 ▁▁▁█","tokens":11}',
    'train lepo-s7: +1 {"reward":"0.5 ▁▁▁██","tokens":11}',
    "train lepo-s7: ends",
  ]);
});

Deno.test("within a step and a batch the speed of the last seconds is shown, and how far the update is", () => {
  const { log, lines } = listeningLog();
  let time = 0;
  const view = new ProgressView(log, () => time);
  view.show({ kind: "step", run, total: 3, point: { step: 1, reward: 0.25, tokens: 7 } });
  const within = (part: "rollout" | "update", done: number, tokens: number, at: number) => {
    time = at;
    view.show({ kind: "within", run, step: 2, part, done, tokens, total: 3 });
  };
  within("rollout", 0.25, 10, 1000);
  within("rollout", 0.5, 110, 3000);
  within("update", 0.5, 220, 4000);
  const samples = (done: number, tokens: number, underWay: number, at: number) => {
    time = at;
    view.show({
      kind: "samples",
      run,
      evaluation: "lepo",
      dataset: "a",
      done,
      total: 11,
      correct: 1,
      tokens,
      underWay,
    });
  };
  samples(0, 0, 0, 5000);
  samples(0, 300, 1.5, 7000);
  // The first word is more than ten seconds ago.
  samples(2, 900, 0.5, 16_000);
  assertEquals(lines.slice(1), [
    'train lepo-s7: +0 {"reward":"0.25 ▄","tokens":7}',
    'train lepo-s7: +0 {"reward":"0.25 ▄"} and 0.0625',
    'train lepo-s7: +0 {"reward":"0.25 ▄","speed":"50 tokens/s"} and 0.125',
    'train lepo-s7: +0 {"reward":"0.25 ▄","update":"50 %"} and 0.625',
    "evaluate lepo-s7 a: begins at 0 of 11",
    "evaluate lepo-s7 a: +0 {}",
    'evaluate lepo-s7 a: +0 {"speed":"150 tokens/s"} and 1.5',
    'evaluate lepo-s7 a: +2 {"accuracy":0.5,"speed":"67 tokens/s"} and 0.5',
  ]);
});

Deno.test("a note cannot steer the terminal", () => {
  const { log, lines } = listeningLog();
  new ProgressView(log).show({ kind: "note", text: "no token for \u009b2J" });
  assertEquals(lines, ["no token for \ufffd2J"]);
});

Deno.test("an interrupted dataset ends with the view, a finished one at its last sample", () => {
  const { log, lines } = listeningLog();
  {
    using view = new ProgressView(log);
    const samples = (dataset: string, done: number, correct: number) =>
      view.show({ kind: "samples", run, evaluation: "lepo.cold", dataset, done, total: 11, correct });
    samples("a", 0, 0);
    samples("a", 11, 3);
    samples("b", 5, 1);
  }
  assertEquals(lines, [
    "evaluate lepo.cold-s7 a: begins at 0 of 11",
    "evaluate lepo.cold-s7 a: +0 {}",
    `evaluate lepo.cold-s7 a: +11 {"accuracy":${3 / 11}}`,
    "evaluate lepo.cold-s7 a: ends",
    "evaluate lepo.cold-s7 b: begins at 5 of 11",
    'evaluate lepo.cold-s7 b: +0 {"accuracy":0.2}',
    "evaluate lepo.cold-s7 b: ends",
  ]);
});

Deno.test("all runs together are one phase, which counts those that ended, well or not", () => {
  const { log, lines } = listeningLog();
  {
    using view = new ProgressView(log);
    const config = resolveExperiment(mini, { arms: ["base"], seeds: [2, 3, 5] });
    view.show({ kind: "start", config, runs: 3, lanes: 1, problems: 7, backend: "b", reason: "r", folder: "f" });
    view.show({ kind: "failure", run: { arm: "base", seed: 3 }, error: "Cannot go on" });
  }
  assertEquals(lines.slice(1), [
    "mini: begins at undefined of 3",
    "mini: +1 {}",
    "base-s3 failed: Cannot go on",
    "mini: ends",
  ]);
});

Deno.test("a failed run is a line that stays", () => {
  const { log, lines } = listeningLog();
  new ProgressView(log).show({ kind: "failure", run, error: "Cannot go on" });
  assertEquals(lines, ["lepo-s7 failed: Cannot go on"]);
});
