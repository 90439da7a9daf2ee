import { assertEquals, assertStringIncludes } from "@std/assert";
import { ExperimentProgress, type ProgressState } from "../../src/experiment/experiment_progress.ts";
import { resolveExperiment } from "../../src/experiment/resolve.ts";
import { curveSection, liveParts } from "../../src/view/live_page.ts";
import type { WatchedRun } from "../../src/view/run_reader.ts";
import mini from "../fixtures/mini.ts";

const config = resolveExperiment(mini, { arms: ["base", "soft-tokens-grpo"], seeds: [2], samples: 7 });
const START = "2026-03-05T10:00:00.000Z";
const AT = "2026-03-05T10:01:40.000Z";
const run = { arm: "soft-tokens-grpo", seed: 2 };

function state(follow: (progress: ExperimentProgress) => void): ProgressState {
  const progress = new ExperimentProgress({ config, problems: 3, backend: "cpu-engine" }, START);
  follow(progress);
  return progress.state(AT);
}

/** The words of the page's head. */
function head(watched: Partial<WatchedRun>, now = Date.parse(AT)): string {
  const all = { name: "mini-0a1b2c3d", config, working: true, changedAt: Date.parse(AT), ...watched };
  const [part] = liveParts({ names: [], run: all, curves: undefined, samples: [], now });
  return String(part).replace(/<[^>]*>/g, "");
}

// 5 steps of 6 completions at 4 each, and 21 samples of each of two runs: 162; 2 steps are 48, done in 100 s.
const underWay = state((progress) => {
  progress.follow({ kind: "training", run, curve: [], total: 5 });
  progress.follow({ kind: "step", run, point: { step: 2, reward: 1 }, total: 5 });
});

Deno.test("a running experiment says how far it is and what is left", () => {
  const text = head({ progress: underWay });
  assertStringIncludes(text, "Running");
  assertStringIncludes(text, "0/2 runs · 29.6 % of the work · 3:58 left · 1:40 in this session");
});

Deno.test("one that stopped says since when, and no time left", () => {
  const text = head({ progress: underWay, working: false });
  assertStringIncludes(text, "Not running since 2026-03-05 10:01:40 UTC");
  assertEquals(text.includes(" left"), false);
});

Deno.test("one that is silent for long says so", () => {
  assertStringIncludes(head({ progress: underWay }, Date.parse(AT) + 187_000), "nothing heard for 3:07");
});

Deno.test("a finished one says so even while its process ends, with its failures", () => {
  const progress = state((own) => {
    own.follow({ kind: "failure", run, error: "<b>Cannot go on" });
    own.follow({ kind: "failure", run: { arm: "base", seed: 2 }, error: "likewise" });
  });
  assertStringIncludes(head({ progress }), "Finished, 2 runs failed");
  const watched = { name: "mini-0a1b2c3d", config, working: false, changedAt: 0, progress };
  const [, runs] = liveParts({ names: [], run: watched, curves: undefined, samples: [], now: 0 });
  assertStringIncludes(String(runs), "failed: &lt;b&gt;Cannot go on");
});

Deno.test("where progress was not recorded the page says that", () => {
  assertStringIncludes(head({}), "How far it is was not recorded.");
});

Deno.test("other run folders are named with a link to each", () => {
  const watched = { name: "b", config, working: false, changedAt: 0 };
  const parts = liveParts({ names: ["a&c", "b"], run: watched, curves: undefined, samples: [], now: 0 });
  assertStringIncludes(String(parts.at(-1)), '<a href="/?run=a%26c">a&amp;c</a>');
});

Deno.test("a curve is drawn from its second step on, an arm in one colour under all seeds", () => {
  const [, arm] = config.arms;
  const curve = (seed: number, steps: number) => ({
    run: { arm, seed },
    points: Array.from({ length: steps }, (_, i) => ({ step: i + 1, reward: i / 7 })),
  });
  assertEquals(curveSection([curve(2, 1)]), undefined);
  const drawn = String(curveSection([curve(2, 3), curve(5, 4)]));
  assertEquals(drawn.match(/<path[^>]*stroke="var\(--arm-0\)"|stroke="var\(--arm-0\)"[^>]*>/g)!.length > 1, true);
  assertStringIncludes(drawn, "seed 5, step 4: 0.429");
  assertEquals(drawn.includes("var(--arm-1)"), false);
});
