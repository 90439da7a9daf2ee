import { assertEquals } from "@std/assert";
import { TimeSpent } from "../../src/commands/time_spent.ts";
import { resolveExperiment } from "../../src/experiment/resolve.ts";
import mini from "../fixtures/mini.ts";

Deno.test("the parts of all runs add up, the longest first, and what no run took is the rest", () => {
  let time = 1000;
  const spent = new TimeSpent(() => time);
  const config = resolveExperiment(mini, {});
  spent.follow({ kind: "start", config, runs: 2, lanes: 2, problems: 3, backend: "b", reason: "r", folder: "f" });
  spent.follow({ kind: "spent", run: { arm: "a", seed: 1 }, parts: [["rollout", 2500], ["other", 500]] });
  spent.follow({ kind: "note", text: "n" });
  spent.follow({ kind: "spent", run: { arm: "b", seed: 1 }, parts: [["rollout", 1500], ["grading", 4000]] });
  time += 5000;
  assertEquals(spent.text().split("\n"), [
    "time of 2 runs, 2 lanes together:",
    "  training: rollouts, graded           4.0 s   40.0 %",
    "  evaluation: grading and saving       4.0 s   40.0 %",
    "  before, between and after runs       1.5 s   15.0 %",
    "  all else of a run                    0.5 s    5.0 %",
  ]);
});

Deno.test("a part of no time at all divides by nothing", () => {
  assertEquals(new TimeSpent(() => 7).text().split("\n"), [
    "time of 0 runs, 1 lane together:",
    "  before, between and after runs       0.0 s    0.0 %",
  ]);
});
