import { assertEquals } from "@std/assert";
import { Tracking, trackResults } from "../../../src/exports/trackers/tracking.ts";
import { jsonSha256 } from "../../../src/files/hash.ts";
import { exampleResult } from "../../result/example.ts";
import { CONFIG, evaluated, POINTS, rememberingTracker, RUN, training } from "./followed.ts";

const TIME = "2026-01-01T00:00:00Z";

function follow(events: Parameters<Tracking["follow"]>[0][]) {
  const memory = rememberingTracker();
  {
    using tracking = new Tracking(CONFIG, memory.tracker, "dir", () => TIME);
    events.forEach((event) => tracking.follow(event));
  }
  return memory;
}

Deno.test("a run is logged step by step, and its scores with the last", () => {
  const { begun: [[run, earlier]], lines } = follow([...training(0, 5), evaluated()]);
  assertEquals([run.project, run.name, run.time, earlier], ["mini", "soft-tokens-grpo-s3", TIME, []]);
  assertEquals(lines.slice(0, 4), [1, 2, 3, 4].map((step) => `${step} at ${TIME}: train/reward,train/tokens`));
  const [, , , , last, ...end] = lines;
  assertEquals(end, ["finished", "closed"]);
  assertEquals(last.split(",").slice(0, 3), [
    `5 at ${TIME}: train/reward`,
    "train/tokens",
    "evaluation/soft-thinking-grpo-paper/arith-add/pass@1",
  ]);
});

Deno.test("one that goes on is begun with the steps that it has, none of which is logged twice", () => {
  const { begun: [[, earlier]], lines } = follow([...training(3, 5), evaluated()]);
  assertEquals(earlier.map(({ step }) => step), [1, 2]);
  assertEquals(lines.map((line) => line.split(" ")[0]), ["3", "4", "5", "finished", "closed"]);
});

Deno.test("one that was finished before is written whole from its result", () => {
  const { begun: [[, earlier]], lines } = follow([evaluated()]);
  assertEquals(earlier.map(({ step, figures }) => [step, figures["train/reward"]]), [
    [1, 0.125],
    [2, 0.25],
    [3, 0.375],
    [
      4,
      0.5,
    ],
  ]);
  assertEquals(lines.map((line) => line.split(" ")[0]), ["5", "finished", "closed"]);
});

Deno.test("an interruption leaves every step there, and no end", () => {
  assertEquals(follow(training(0, 5)).lines.map((line) => line.split(" ")[0]), ["1", "2", "3", "4", "5", "closed"]);
});

Deno.test("a failure is the run's end", () => {
  const { lines } = follow([...training(0, 2), { kind: "failure", run: RUN, error: "Cannot go on" }]);
  assertEquals(lines.slice(-2), ["failed", "closed"]);
});

Deno.test("finished results become the runs that they are of, whatever their decodings", () => {
  const config = { ...CONFIG, seeds: [RUN.seed] } as never;
  const experiment = { name: "../mini", config, configSha256: jsonSha256(config) };
  const results = ["a", "b"].map((label) =>
    exampleResult({
      experiment,
      arm: { ...exampleResult().arm, label, seed: RUN.seed },
      training: { steps: 5, curve: POINTS, mismatch: null, notes: [] },
    })
  );
  const { tracker, begun, lines } = rememberingTracker();
  trackResults(results, tracker, "dir");
  assertEquals(begun.map(([{ project, name }, earlier]) => [project, name, earlier.length]), [
    [".._mini", "soft-tokens-grpo-s3", 4],
  ]);
  assertEquals(lines.length, 3);
  for (const label of ["a", "b"]) assertEquals(lines[0].includes(`evaluation/${label}/mean/pass@1`), true);
  // The same id as while it ran: who does both has it once.
  assertEquals(begun[0][0].id, follow(training(0, 1)).begun[0][0].id);
});
