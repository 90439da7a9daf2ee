import { assert, assertEquals } from "@std/assert";
import type { Result } from "../../src/result/types.ts";
import { contents, finish, paths, run, start } from "./command_line.ts";

/** With two workers two runs are at work at once. */
function args(folder: string, workers = 1): string[] {
  const places = ["--runs", `${folder}/runs`, "--results", `${folder}/results`];
  return ["bench", "tests/fixtures/mini.ts", "--workers", String(workers), "--json", ...places];
}
const INTERRUPTED = 130;

/** Files of a run, without what says when and from which commit it ran. */
async function comparable(folder: string): Promise<Map<string, string>> {
  const files = await contents(folder);
  for (const [path, text] of files) {
    if (!path.includes("results/")) continue;
    const { run: _run, code: _code, ...result } = JSON.parse(text) as Result;
    files.set(path, JSON.stringify(result));
  }
  return files;
}

/** Names the first file that differs rather than print them all. */
function assertSameFiles(actual: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>): void {
  assertEquals([...actual.keys()].sort(), [...expected.keys()].sort());
  for (const [path, text] of expected) assert(actual.get(path) === text, `${path} differs`);
}

/** The checkpoint of an arm is as far as its training curve. */
async function assertEveryStepSaved(runs: string): Promise<void> {
  const files = await contents(runs);
  for (const [path, text] of files) {
    const steps = text.split("\n").length - 1;
    if (!path.includes("/metrics/") || steps === 0) continue;
    const folder = path.replace("/metrics/", "/checkpoints/").replace(/\.jsonl$/, "");
    assert(files.has(`${folder}/step-${steps}/model.safetensors`), `${folder} lacks step-${steps}`);
  }
}

/** Files come and go while they are listed. */
function pathsNow(folder: string): string[] {
  try {
    return paths(folder);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Tries to meet a moment, which a busy machine may let pass. */
const ATTEMPTS = 5;

/**
 * Starts the command in a new folder and sends a signal once a matching file is there.
 *
 * @returns the folder, and how the command ended
 */
async function interrupt(pattern: RegExp, signal: Deno.Signal, workers: number) {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const folder = await Deno.makeTempDir();
    const child = start(args(folder, workers));
    let over = false;
    const ended = finish(child).finally(() => over = true);
    while (!over && !pathsNow(`${folder}/runs`).some((path) => pattern.test(path))) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    if (!over) {
      child.kill(signal);
      const finished = await ended;
      if (finished.code !== 0) return { folder, finished };
    }
  }
  throw new Error(`The command ended before it could be interrupted, ${ATTEMPTS} times`);
}

Deno.test("bench ends in the same bytes wherever it was interrupted, and draws no finished sample again", async (t) => {
  const whole = await Deno.makeTempDir();
  const uninterrupted = await run(args(whole));
  assertEquals(uninterrupted.code, 0, uninterrupted.stderr);
  const expected = await comparable(`${whole}/runs`);

  const moments: [string, RegExp, Deno.Signal, workers?: number][] = [
    ["Ctrl-C at the first checkpoint", /checkpoints\/soft-thinking-grpo[^/]*\/step-2\//, "SIGINT"],
    ["Ctrl-C while training", /metrics\/soft-thinking-grpo/, "SIGINT"],
    ["kill -9 while training", /metrics\/soft-tokens-grpo/, "SIGKILL"],
    ["kill -9 while evaluating", /samples\/soft-thinking-grpo.*arith-prod/, "SIGKILL"],
    ["Ctrl-C after an arm", /results\/soft-thinking-grpo/, "SIGINT"],
    ["Ctrl-C with two runs at work", /checkpoints\/soft-tokens-grpo[^/]*\/step-2\//, "SIGINT", 2],
    ["kill -9 with two runs at work", /samples\/soft-tokens-grpo/, "SIGKILL", 2],
  ];
  for (const [moment, pattern, signal, workers = 1] of moments) {
    await t.step(moment, async () => {
      const { folder, finished: { code, stderr } } = await interrupt(pattern, signal, workers);
      if (signal === "SIGINT") {
        assertEquals(code, INTERRUPTED, stderr);
        assert(stderr.includes("the same command continues from here"), stderr);
        await assertEveryStepSaved(`${folder}/runs`);
      }
      const again = await run(args(folder, workers));
      assertEquals(again.code, 0, again.stderr);
      assertSameFiles(await comparable(`${folder}/runs`), expected);
    });
  }

  await t.step("a torn last line of samples and of metrics", async () => {
    for (const path of expected.keys()) {
      if (path.includes("/results/")) await Deno.remove(`${whole}/runs/${path}`);
      if (!/\/(samples|metrics)\//.test(path)) continue;
      const bytes = await Deno.readFile(`${whole}/runs/${path}`);
      await Deno.writeFile(`${whole}/runs/${path}`, bytes.subarray(0, bytes.length - 7));
    }
    const again = await run(args(whole));
    assertEquals(again.code, 0, again.stderr);
    assertSameFiles(await comparable(`${whole}/runs`), expected);
  });

  await t.step("two runs at work instead of one", async () => {
    const folder = await Deno.makeTempDir();
    const { code, stderr } = await run(args(folder, 2));
    assertEquals(code, 0, stderr);
    assert(stderr.includes("3 runs, 2 at once"), stderr);
    assertSameFiles(await comparable(`${folder}/runs`), expected);
  });
});
