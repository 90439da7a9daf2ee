import { assert, assertEquals, assertRejects } from "@std/assert";
import { type KeptCompletion, keptPrompts, RolloutLog } from "../../src/experiment/rollout_log.ts";
import { train } from "../../src/experiment/train.ts";
import { readRows } from "../../src/files/chained_lines.ts";
import { InterruptedError } from "../../src/interruption.ts";
import type { Verdict } from "../../src/grading/grade.ts";
import type { DrawnCompletion } from "../../src/training/step_rollout.ts";
import { paths } from "../end_to_end/command_line.ts";
import mini from "../fixtures/mini.ts";

const VERDICT: Verdict = { equal: true, extracted: "4", canonical: "4", reason: "same-value" };

function drawn(step: number, prompt: number, sample: number, more: Partial<DrawnCompletion> = {}): DrawnCompletion {
  const completion = { steps: [{ kind: "forced", token: 7 }, { kind: "forced", token: 2 }], finish: "length" } as const;
  const problem = { id: `p${prompt}`, question: "2+2", answer: "4" };
  return {
    step,
    draw: 0,
    prompt,
    sample,
    problem,
    paid: { completion, verdict: VERDICT, reward: 1, excluded: false },
    ...more,
  };
}

Deno.test("a completion is a line with its text, verdict, reward, positions", () => {
  const path = `${Deno.makeTempDirSync()}/rollouts/a.jsonl`;
  {
    using log = new RolloutLog(path, "owner", "", 2);
    log.add(drawn(3, 1, 5), "2+2 is 4");
    const verdict: Verdict = { equal: false, reason: "no-answer", graderError: "too deep" };
    const { completion } = drawn(3, 1, 6).paid;
    log.add(drawn(3, 0, 6, { draw: 2, paid: { completion, verdict, excluded: true } }), "(((");
    // Of the third prompt, and so on, nothing is kept.
    log.add(drawn(3, 2, 0), "?");
    log.flush();
  }
  const common = { tokens: 2, thoughts: 0, finish: "length" } as const;
  assertEquals(readRows<KeptCompletion>(path), [
    { step: 3, problem: "p1", sample: 5, text: "2+2 is 4", answer: "4", correct: true, reward: 1, ...common },
    {
      step: 3,
      draw: 2,
      problem: "p0",
      sample: 6,
      text: "(((",
      answer: null,
      correct: false,
      excluded: true,
      ...common,
      graderError: "too deep",
    },
  ]);
});

Deno.test("the file goes on from the checkpoint's copy: later lines are written again, as they were", () => {
  const path = `${Deno.makeTempDirSync()}/a.jsonl`;
  const written = (before: string, steps: readonly number[]) => {
    using log = new RolloutLog(path, "owner", before, 1);
    for (const step of steps) log.add(drawn(step, 0, 0), `é${step}`);
    log.flush();
    return Deno.readTextFileSync(path);
  };
  const two = written("", [1, 2]);
  const all = written("", [1, 2, 3, 4]);
  assert(all.startsWith(two));
  assertEquals(written(two, [3, 4]), all);
  Deno.removeSync(path);
  assertEquals(written(two, [3, 4]), all);
  Deno.writeTextFileSync(path, "torn");
  assertEquals(written("", [1, 2]), two);
});

Deno.test("a checkpoint holds no completion of a step after it, which was broken off between its drawing and its update", async () => {
  const path = `${Deno.makeTempDirSync()}/a.jsonl`;
  using log = new RolloutLog(path, "owner", "", 1);
  assertEquals(await log.upTo(3), "");
  for (const sample of [0, 1]) log.add(drawn(1, 0, sample), `é${sample}`);
  const one = await log.upTo(1);
  assertEquals(one, Deno.readTextFileSync(path));
  for (const step of [2, 2, 3]) log.add(drawn(step, 0, 0), "later");
  assertEquals([await log.upTo(0), await log.upTo(1)], ["", one]);
  const two = await log.upTo(2);
  assertEquals([two.split("\n").length - 1, await log.upTo(3)], [4, Deno.readTextFileSync(path)]);
  assert(Deno.readTextFileSync(path).startsWith(two));
});

Deno.test("prompts that are kept fill 64 MiB at most, if every completion runs to its limit, and are one at least", () => {
  const sizes = { steps: 70, promptsPerStep: 16, groupSize: 8 };
  assertEquals(keptPrompts(sizes, 40), 16);
  // 70 steps x 8 completions x (256 + 4 x 1000) bytes are 2.38 MB a prompt.
  assertEquals(keptPrompts({ ...sizes, promptsPerStep: 64 }, 1000), 28);
  assertEquals(keptPrompts({ steps: 629, promptsPerStep: 64, groupSize: 8 }, 8192), 1);
});

Deno.test("a training that was interrupted and continued keeps each completion once, in the same bytes", async () => {
  const [{ groupSize, promptsPerStep }, steps] = [mini.training, 5];
  const options = { arms: ["soft-thinking-grpo"], seeds: [5], workers: 1 };
  const kept = (folder: string) => {
    const [path] = paths(folder).filter((path) => /\/rollouts\/[^/]*\.jsonl$/.test(path));
    return { path: `${folder}/${path}`, text: Deno.readTextFileSync(`${folder}/${path}`) };
  };
  const whole = Deno.makeTempDirSync();
  await train(mini, { ...options, runsFolder: whole });
  const rows = readRows<KeptCompletion>(kept(whole).path);
  const expected = Array.from({ length: steps * promptsPerStep * groupSize }, (_, i) => [
    Math.floor(i / promptsPerStep / groupSize) + 1,
    i % groupSize,
  ]);
  assertEquals(rows.map(({ step, sample }) => [step, sample]), expected);

  const runsFolder = Deno.makeTempDirSync();
  const stop = new AbortController();
  const run = train(mini, { ...options, runsFolder, abort: stop.signal });
  await assertRejects(async () => {
    for await (const event of run) if (event.kind === "step" && event.point.step === 3) stop.abort("SIGINT");
  }, InterruptedError);
  // What a kill leaves: half a line of a step that no checkpoint holds.
  Deno.writeTextFileSync(kept(runsFolder).path, '{"step":4,"pro', { append: true });
  await train(mini, { ...options, runsFolder });
  assertEquals(kept(runsFolder).text, kept(whole).text);

  const none = Deno.makeTempDirSync();
  await train(mini, { ...options, runsFolder: none, steps: 1, keepRollouts: 0 });
  assertEquals(kept(none).text, "");
});
