import { assertEquals } from "@std/assert";
import { adapterShapes } from "../../src/models/adapted_layers.ts";
import { initialAdapter } from "../../src/models/adapter.ts";
import type { LanguageModel, NamedTensors } from "../../src/models/language_model.ts";
import { elementCount } from "../../src/models/parameters.ts";
import {
  checkpointFaults,
  restoreTrainingCheckpoint,
  saveTrainingCheckpoint,
  trainedFile,
} from "../../src/training/checkpoint.ts";
import { randomWeights, SMALL_CONFIG } from "../fixtures/small_model.ts";

const ADAPTER = { rank: 3, alpha: 12 };
const RUN = "tiny-00000000/discrete-grpo-s1";
const CURVE = [{ step: 1, reward: 0.25 }];

function filled(value: number): NamedTensors {
  return new Map(
    [...adapterShapes(SMALL_CONFIG, ADAPTER)].map(([name, shape]) =>
      [name, { shape, data: new Float32Array(elementCount(shape)).fill(value) }] as const
    ),
  );
}

Deno.test("a checkpoint of an adapter holds the adapter, its moments and the curve, and no weights of the base", async () => {
  const tensors = initialAdapter(SMALL_CONFIG, ADAPTER, 1);
  const moments = { first: filled(0.25), second: filled(0.5) };
  const restored: unknown[] = [];
  const model = {
    config: SMALL_CONFIG,
    adapter: ADAPTER,
    weights: () => Promise.resolve(tensors),
    optimizerState: () => Promise.resolve(moments),
    restore: (...state: unknown[]) => Promise.resolve(void restored.push(...state)),
  } as unknown as LanguageModel;
  const base = {
    folder: "where/it/lies",
    config: SMALL_CONFIG,
    configJson: {},
    weights: randomWeights(SMALL_CONFIG),
    endTokens: [0],
    parameters: 0,
    notes: [],
    weightFiles: [],
    companionFiles: [],
    weightsSha256: () => Promise.resolve(""),
  };
  const folder = Deno.makeTempDirSync();
  const state = { run: RUN, curve: CURVE, every: 1, baseName: "org/name@abc" };
  await saveTrainingCheckpoint(folder, state, model, base, { title: "t", summary: "s", facts: [] });

  const path = `${folder}/step-1`;
  assertEquals([...Deno.readDirSync(path)].map(({ name }) => name).sort(), [
    "README.md",
    "adapter_config.json",
    "adapter_model.safetensors",
    "curve.jsonl",
    "optimizer.safetensors",
    "state.json",
  ]);
  assertEquals(await restoreTrainingCheckpoint(folder, RUN, model), { curve: CURVE, notes: [] });
  assertEquals(restored, [tensors, moments]);

  const bytes = Deno.readFileSync(`${path}/${trainedFile(ADAPTER)}`);
  bytes[bytes.length - 1] ^= 1;
  Deno.writeFileSync(`${path}/${trainedFile(ADAPTER)}`, bytes);
  assertEquals(await checkpointFaults(path, 1, RUN), [
    { file: "adapter_model.safetensors", fault: "has changed since it was saved" },
  ]);
});
