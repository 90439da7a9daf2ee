import { assert, assertEquals } from "@std/assert";
import { assertSameFiles, comparable, uninterrupted } from "../end_to_end/interrupted_bench.ts";
import { finish, ROOT } from "../end_to_end/command_line.ts";

/** Starts the launcher as a task does. */
function launch(folder: string): Deno.ChildProcess {
  const places = ["--runs", `${folder}/runs`, "--results", `${folder}/results`];
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-q",
      "-P=launch",
      "src/cli/launch.ts",
      "bench",
      "tests/fixtures/mini.ts",
      "--workers",
      "1",
      ...places,
    ],
    cwd: ROOT,
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
}

/** Waits until training has begun. */
async function training(folder: string): Promise<void> {
  for (;;) {
    try {
      for (const { name, isDirectory } of Deno.readDirSync(`${folder}/runs`)) {
        // The file that tries whether the folder is writable comes and goes.
        if (!isDirectory) continue;
        const [curve] = [...Deno.readDirSync(`${folder}/runs/${name}/metrics`)];
        if (curve && Deno.statSync(`${folder}/runs/${name}/metrics/${curve.name}`).size > 0) return;
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Runs the same command to its end, and compares what is there with an undisturbed run. */
async function assertContinues(folder: string): Promise<void> {
  const { code, stderr } = await finish(launch(folder));
  assertEquals(code, 0, stderr);
  assertSameFiles(await comparable(`${folder}/runs`), (await uninterrupted()).files);
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  Deno.test(`the launcher passes ${signal} on: work is saved, and the same command ends in the same bytes`, async () => {
    const folder = Deno.makeTempDirSync();
    const child = launch(folder);
    const ended = finish(child);
    await training(folder);
    child.kill(signal);
    const finished = await ended;
    assertEquals(finished.code, code, finished.stderr);
    assert(finished.stderr.includes("the same command continues from here"), finished.stderr);
    await assertContinues(folder);
  });
}

Deno.test("a launcher that is killed leaves no one at work who keeps the lock", async () => {
  const folder = Deno.makeTempDirSync();
  const child = launch(folder);
  await training(folder);
  child.kill("SIGKILL");
  // The orphan holds these open until it ends.
  await Promise.all([child.stdout, child.stderr].map((stream) => new Response(stream).text()));
  await child.status;
  await assertContinues(folder);
});
