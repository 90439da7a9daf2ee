import { assertEquals, assertRejects } from "@std/assert";
import tiny from "../../benchmarks/tiny.ts";
import { BenchError } from "../../src/errors.ts";
import { sequencesAtOnce } from "../../src/experiment/batch_size.ts";
import type { OpenedModel } from "../../src/experiment/open_model.ts";
import { resolveExperiment } from "../../src/experiment/resolve.ts";
import { RunFolder } from "../../src/experiment/run_folder.ts";
import { SMALL_CONFIG } from "../fixtures/small_model.ts";

const CONFIG = resolveExperiment(tiny, { arms: ["base"], seeds: [1], maxNewTokens: 17 });
/** 26 positions of 2 layers, keys and values of 5 heads of 2 numbers, 2 bytes each. */
const SEQUENCE = 26 * 2 * 2 * 10 * 2;

function opened(free?: readonly number[], shard = false): OpenedModel {
  const model = { backend: "torch" };
  return { model, ...(free && { devices: { dtype: "bfloat16", free, shard } }) } as unknown as OpenedModel;
}

async function folder(): Promise<RunFolder> {
  const own = new RunFolder(await Deno.makeTempDir(), "tiny", {});
  await Deno.mkdir(own.path);
  return own;
}

Deno.test("sequences at once follow from the least free device, and stay as they were when the run goes on", async () => {
  const own = await folder();
  // Nine tenths of it are used: room for 5 sequences and the weights.
  const weights = 2 * 2 * 1000;
  const free = Math.ceil((weights + 5 * SEQUENCE) / 0.9);
  const first = await sequencesAtOnce(own, opened([free, 10 * free]), CONFIG, SMALL_CONFIG, 9);
  assertEquals(typeof first === "number" && first > 0 && first % 2 === 0, true);
  assertEquals(await sequencesAtOnce(own, opened([100 * free, 100 * free]), CONFIG, SMALL_CONFIG, 9), first);
  assertEquals(JSON.parse(await Deno.readTextFile(`${own.path}/batch_size.json`)), { sequences: first });
});

Deno.test("devices that share what is trained have room for more sequences, each as many", async () => {
  const config = resolveExperiment(tiny, { arms: ["discrete-grpo"], seeds: [1], maxNewTokens: 17 });
  // Room for the activations of a micro-batch, and some hundred kilobytes.
  const free = [3.2e6, 3.2e6, 3.2e6];
  const [whole, pieces] = await Promise.all(
    [false, true].map(async (shard) =>
      await sequencesAtOnce(await folder(), opened(free, shard), config, SMALL_CONFIG, 9)
    ),
  );
  assertEquals([whole! % 3, pieces! % 3, pieces! > whole!], [0, 0, true], `${whole} and ${pieces}`);
});

Deno.test("a backend without devices of its own leaves the number to the caller", async () => {
  assertEquals(await sequencesAtOnce(await folder(), opened(), CONFIG, SMALL_CONFIG, 9), undefined);
});

Deno.test("a device without room for one sequence, and a damaged file, are errors that say what to do", async () => {
  const own = await folder();
  const ask = (free: number) => sequencesAtOnce(own, opened([free]), CONFIG, SMALL_CONFIG, 9);
  await assertRejects(() => ask(100), BenchError, "it needs about");
  await Deno.writeTextFile(`${own.path}/batch_size.json`, '{"sequences": 0}');
  await assertRejects(() => ask(1e9), BenchError, "remove the folder to begin anew");
});
