import { assert, assertEquals } from "@std/assert";
import tiny from "../../benchmarks/tiny.ts";
import { ALGORITHM_PRESETS } from "../../src/algorithms/registry.ts";
import { loadAdapter } from "../../src/checkpoint/adapter.ts";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import type { ArmConfig } from "../../src/experiment/config.ts";
import { train } from "../../src/experiment/train.ts";
import { isNeutral } from "../../src/models/adapter.ts";
import mini from "../fixtures/mini.ts";

const ADAPTER = { rank: 5, alpha: 10 };

Deno.test("every algorithm trains two steps of the embedded model with an adapter, and moves every layer of it", async () => {
  const [first] = tiny.arms.filter(({ objective }) => objective !== undefined);
  const more = (["multiplex-grpo", "dirichlet-grpo"] as const).map((label): ArmConfig => ({
    ...{ label, title: label, decoding: label, answers: first.answers, objective: first.objective! },
    algorithm: Object.values(ALGORITHM_PRESETS[label])[0],
  }));
  const arms = [...tiny.arms, ...more].map(({ evaluations: _, ...arm }) => arm);
  const training = { ...mini.training, steps: 2, promptsPerStep: 4, groupSize: 4, adapter: ADAPTER };
  const runsFolder = await Deno.makeTempDir();
  const run = train({ ...mini, arms, training }, { runsFolder });
  const { config } = await loadCheckpoint("models/tiny");
  const trained = await run;
  assertEquals(trained.map(({ arm }) => arm), arms.slice(1).map(({ label }) => label));
  for (const { arm, checkpoint } of trained) {
    const { adapter, tensors } = await loadAdapter(checkpoint, config);
    assertEquals([adapter.rank, adapter.alpha, adapter.targets?.length], [5, 10, 7]);
    assert(!isNeutral(tensors), arm);
    for (const [name, { data }] of tensors) assert(data.some((x) => x !== 0), `${arm}: ${name}`);
  }
});
