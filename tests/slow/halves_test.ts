import { assert, assertEquals } from "@std/assert";
import { readResults } from "../../src/result/store.ts";
import { ROOT, run } from "../end_to_end/command_line.ts";

const MINI = "tests/fixtures/mini.ts";

Deno.test("train and evaluate are the halves of bench: the saved checkpoint scores as the arm does", async (t) => {
  const folder = await Deno.makeTempDir();
  const places = ["--runs", `${folder}/runs`, "--results", `${folder}/results`];
  const arm = ["--arms", "soft-thinking-grpo", "--workers", "1"];
  let checkpoint = "";

  await t.step("train saves a checkpoint", async () => {
    const { code, stdout, stderr } = await run(["train", MINI, ...arm, "--runs", `${folder}/runs`, "--json"]);
    assertEquals(code, 0, stderr);
    const { trained: [trained] } = JSON.parse(stdout);
    checkpoint = trained.checkpoint;
    assert(
      await Deno.stat(`${ROOT}${checkpoint}/model.safetensors`).catch(() =>
        Deno.stat(`${checkpoint}/model.safetensors`)
      ),
    );
  });

  await t.step("bench goes on from it without training again", async () => {
    const { code, stderr } = await run(["bench", MINI, ...arm, ...places]);
    assertEquals(code, 0, stderr);
    assert(!/train soft-thinking-grpo-s1: [0-4]\//.test(stderr), stderr);
  });

  await t.step("evaluate gives the trained model the same counts", async () => {
    const words = ["evaluate", MINI, "--model", checkpoint, "--decoding", "soft-thinking", "--workers", "1"];
    const { code, stderr } = await run([...words, "--runs", `${folder}/runs`, "--results", `${folder}/evaluated`]);
    assertEquals(code, 0, stderr);
    const [bench] = readResults(`${folder}/results/v2`);
    const [evaluated] = readResults(`${folder}/evaluated/v2`);
    assertEquals(
      evaluated.result.datasets.map(({ problems }) => problems),
      bench.result.datasets.map(({ problems }) => problems),
    );
  });

  await t.step("--verify finds that the result reproduces in every byte", async () => {
    const [{ path }] = readResults(`${folder}/results/v2`);
    const { code, stdout, stderr } = await run(["bench", "--verify", path, "--json"]);
    assertEquals(code, 0, stderr);
    assertEquals(JSON.parse(stdout).reproduction, "bytes");
  });

  await t.step("--dry-run prints what it would do and does nothing", async () => {
    const { code, stdout, stderr } = await run(["bench", MINI, "--dry-run", "--json", "--runs", `${folder}/none`]);
    assertEquals(code, 0, stderr);
    const { work, fits } = JSON.parse(stdout);
    assertEquals([work.runs, work.trainedRuns, fits["cpu-engine"].fits], [3, 2, true]);
    assertEquals(await Deno.stat(`${folder}/none`).then(() => true, () => false), false);
  });
});
