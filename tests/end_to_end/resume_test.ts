import { assert, assertEquals } from "@std/assert";
import type { Result } from "../../src/result/types.ts";
import { contents, finish, paths, run, start } from "./command_line.ts";

const ARGS = ["bench", "tests/fixtures/mini.ts", "--workers", "1", "--json"];
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

/** Waits until the run folder holds a file whose path matches, or the command has ended. */
async function until(folder: string, pattern: RegExp, ended: Promise<unknown>): Promise<void> {
  let over = false;
  ended.then(() => over = true);
  while (!over) {
    if (pathsNow(folder).some((path) => pattern.test(path))) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

Deno.test("bench ends in the same bytes wherever it was interrupted, and draws no finished sample again", async (t) => {
  const whole = await Deno.makeTempDir();
  const uninterrupted = await run([...ARGS, "--runs", `${whole}/runs`, "--results", `${whole}/results`]);
  assertEquals(uninterrupted.code, 0, uninterrupted.stderr);
  const expected = await comparable(`${whole}/runs`);

  const moments: [string, RegExp, Deno.Signal][] = [
    ["Ctrl-C at the first checkpoint", /checkpoints\/soft-thinking-grpo.*step-2\//, "SIGINT"],
    ["Ctrl-C while training", /metrics\/soft-thinking-grpo/, "SIGINT"],
    ["kill -9 while training", /metrics\/soft-grpo/, "SIGKILL"],
    ["kill -9 while evaluating", /samples\/soft-thinking-grpo.*arith-prod/, "SIGKILL"],
    ["Ctrl-C after the first arm", /results\/base-discrete/, "SIGINT"],
  ];
  for (const [moment, pattern, signal] of moments) {
    await t.step(moment, async () => {
      const folder = await Deno.makeTempDir();
      const args = [...ARGS, "--runs", `${folder}/runs`, "--results", `${folder}/results`];
      const child = start(args);
      const ended = finish(child);
      await until(`${folder}/runs`, pattern, ended);
      child.kill(signal);
      const { code, stderr } = await ended;
      if (signal === "SIGINT" && code !== 0) {
        assertEquals(code, INTERRUPTED, stderr);
        assert(stderr.includes("the same command continues from here"), stderr);
        await assertEveryStepSaved(`${folder}/runs`);
      }
      const again = await run(args);
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
    const again = await run([...ARGS, "--runs", `${whole}/runs`, "--results", `${whole}/results`]);
    assertEquals(again.code, 0, again.stderr);
    assertSameFiles(await comparable(`${whole}/runs`), expected);
  });

  await t.step("two workers instead of one", async () => {
    const folder = await Deno.makeTempDir();
    const args = ARGS.map((word) => (word === "1" ? "2" : word));
    const { code, stderr } = await run([...args, "--runs", `${folder}/runs`, "--results", `${folder}/results`]);
    assertEquals(code, 0, stderr);
    assertSameFiles(await comparable(`${folder}/runs`), expected);
  });
});
