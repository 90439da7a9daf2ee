import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { UsageError } from "../../src/errors.ts";
import { train } from "../../src/experiment/train.ts";
import { fileSha256 } from "../../src/files/hash.ts";
import mini from "../fixtures/mini.ts";

Deno.test("train() leaves a checkpoint that loads, and one step event per step", async () => {
  const runsFolder = await Deno.makeTempDir();
  const run = train(mini, { arms: ["soft-thinking-grpo"], seeds: [5], limit: 2, steps: 3, runsFolder });
  const steps: number[] = [];
  for await (const event of run) if (event.kind === "step") steps.push(event.point.step);
  assertEquals(steps, [1, 2, 3]);
  const [{ arm, seed, checkpoint, sha256 }] = await run;
  assertEquals([arm, seed], ["soft-thinking-grpo", 5]);
  assertEquals(await fileSha256(`${checkpoint}/model.safetensors`), sha256);
  assertEquals((await loadCheckpoint(checkpoint)).config.hiddenSize, 128);
});

Deno.test("train() refuses arms of which none trains", async () => {
  const runsFolder = await Deno.makeTempDir();
  await assertRejects(
    async () => await train(mini, { arms: ["base"], runsFolder }),
    UsageError,
    "that trains",
  );
});

Deno.test("a training file that was edited is another training", async () => {
  const folder = await Deno.makeTempDir();
  const source = `${folder}/own.jsonl`;
  const trained = async (answer: string) => {
    const rows = ["2+3", "4+5"].map((question, i) => JSON.stringify({ id: `${i}`, question, answer }));
    await Deno.writeTextFile(source, rows.join("\n") + "\n");
    const own = { ...mini, training: { ...mini.training, source, steps: 1 } };
    const [run] = await train(own, { arms: ["soft-thinking-grpo"], seeds: [5], runsFolder: `${folder}/runs` });
    return run.checkpoint;
  };
  const first = await trained("5");
  assertEquals(await trained("5"), first);
  assertNotEquals(await trained("9"), first);
});
