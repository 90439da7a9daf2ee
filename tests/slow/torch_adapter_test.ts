/**
 * Adapters of peft on the CPU. Needs `deno task setup:torch` with peft; without it each test says that it is skipped.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { formatCheckpointConfig } from "../../src/checkpoint/config.ts";
import { loadAdapter, saveAdapter } from "../../src/checkpoint/adapter.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { BenchError, UsageError } from "../../src/errors.ts";
import { adapterShapes } from "../../src/models/adapted_layers.ts";
import { type AdapterConfig, initialAdapter } from "../../src/models/adapter.ts";
import type { HostTensor, LanguageModel } from "../../src/models/language_model.ts";
import type { ModelConfig } from "../../src/models/model_config.ts";
import { tokenRows } from "../../src/models/input_rows.ts";
import { elementCount } from "../../src/models/parameters.ts";
import { createTorchModel } from "../../src/torch/model.ts";
import { TorchWorkers } from "../../src/torch/workers.ts";
import { ALGORITHM_CASES, assertTrainedAlike, golden, trainOn } from "../backend/algorithm_suite.ts";
import { testedBackend, torchModels } from "../backend/backends.ts";
import { Numbers } from "../engine/golden.ts";
import { onWholeRows } from "../fixtures/logit_rows.ts";

const ADAPTER: AdapterConfig = { rank: 3, alpha: 7.5, targets: ["q_proj", "v_proj", "down_proj"] };
const STEPS = 10;
/** B starts at zero: it is the sum of its updates, and errs as norms of gradients may. Found are 5e-6 to 4e-5. */
const UPDATES_TOLERANCE = 5e-5;
const PYTHON = ".cache/torch/bin/python";

const backend = await testedBackend("torch");
const ignore = backend.missing !== undefined;
const create = ignore ? backend.create : await torchModels({}, ADAPTER);
const { config, weights } = golden.checkpoint;

for (const setting of ALGORITHM_CASES) {
  Deno.test({
    name: `torch: ten steps of an adapter are those of the engine, ${setting.name}`,
    ignore,
    fn: async () => {
      const engine = { create: () => createEngine(config, weights, { workers: 1, adapter: ADAPTER }) };
      const expected = await trainOn(engine, setting, golden, STEPS);
      const found = await trainOn({ create }, setting, golden, STEPS);
      assertTrainedAlike(found, expected, UPDATES_TOLERANCE);
      const start = initialAdapter(config, ADAPTER, 0);
      for (const [name, { data }] of found.weights) {
        assert(data.some((value, i) => value !== start.get(name)!.data[i]), name);
      }
    },
  });
}

/** An adapter with no zero in it. */
function randomAdapter(shape: ModelConfig): Map<string, HostTensor> {
  const numbers = new Numbers(31);
  return new Map(
    [...adapterShapes(shape, ADAPTER)].map(([name, shape]) =>
      [name, { shape, data: numbers.take(elementCount(shape)).map((x) => x * 0.3) }] as const
    ),
  );
}

async function logits(model: LanguageModel): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  await model.forward(
    golden.groups,
    onWholeRows(config.vocabularySize, ({ group, completion, action, logits }) => {
      found.set(`${group} ${completion} ${action}`, [...logits]);
    }),
  );
  return found;
}

Deno.test({
  name: "torch: without its adapter a model is the base, bit for bit, frozen and held once",
  ignore,
  fn: async () => {
    const base = await backend.create(config, weights);
    const expected = await logits(base);
    await base.dispose();
    const model = await create(config, weights);
    assertEquals(model.adapter, ADAPTER);
    assertEquals(await logits(model), expected);
    const tensors = randomAdapter(config);
    await model.restore(tensors);
    assertEquals(await model.weights(), tensors);
    const own = await logits(model);
    assert([...own].every(([key, row]) => row.some((z, v) => z !== expected.get(key)![v])));
    const frozen = model.withoutAdapter!();
    assertEquals(await logits(frozen), expected);
    assertEquals(await frozen.weights(), new Map(weights.entries()));
    assertEquals(await frozen.coordinateRms(), await model.coordinateRms());
    for (const change of [frozen.accumulate, frozen.update, frozen.restore, frozen.gradients, frozen.optimizerState]) {
      await assertRejects(() => (change as () => Promise<unknown>).call(frozen), UsageError, "frozen");
    }
    await frozen.dispose();
    assertEquals(await logits(model), own);
    await model.dispose();
  },
});

/** Logits of a text by peft and transformers alone. */
const BY_PEFT = `
import json, sys, torch
from peft import PeftModel
from transformers import AutoModelForCausalLM
base = AutoModelForCausalLM.from_pretrained(sys.argv[1], dtype=torch.float64)
model = PeftModel.from_pretrained(base, sys.argv[2]).double()
print(json.dumps(model(torch.tensor([json.loads(sys.argv[3])])).logits[0].tolist()))
`;

Deno.test({
  name: "torch: what is saved of an adapter, peft loads, and computes the same with it",
  ignore,
  fn: async () => {
    const folder = `${await Deno.makeTempDir()}/adapter`;
    const tensors = randomAdapter(config);
    const model = await create(config, weights);
    await model.restore(tensors);
    const base = golden.checkpoint.folder;
    const card = { title: "t", summary: "s", facts: [] };
    await saveAdapter(folder, { config, adapter: ADAPTER, tensors: await model.weights(), base, card });
    assertEquals((await loadAdapter(folder, config)).tensors, tensors);

    const ids = [...golden.ids];
    const group = { prompt: Int32Array.of(ids[0]), completions: [tokenRows(Int32Array.from(ids.slice(1)))] };
    const found: number[][] = [];
    await model.forward([group], onWholeRows(config.vocabularySize, ({ logits }) => void found.push([...logits])));
    await model.dispose();
    const peft = await new Deno.Command(PYTHON, {
      args: ["-W", "ignore", "-c", BY_PEFT, base, folder, JSON.stringify(ids)],
      env: { OMP_NUM_THREADS: "1", HF_HUB_OFFLINE: "1", TRANSFORMERS_VERBOSITY: "error" },
    }).output();
    assert(peft.success, new TextDecoder().decode(peft.stderr));
    const expected: number[][] = JSON.parse(new TextDecoder().decode(peft.stdout).trim().split("\n").at(-1)!);
    assertEquals(found.length, expected.length);
    expected.forEach((row, t) => {
      const scale = Math.max(...row.map(Math.abs));
      row.forEach((z, v) => assert(Math.abs(found[t][v] - z) <= backend.tolerance * scale, `${t} ${v}`));
    });
  },
});

Deno.test({
  name: "torch: an adapter beside 16-bit weights has 32 bits",
  ignore,
  fn: async () => {
    const narrow = await (await torchModels({ dtype: "bfloat16" }, ADAPTER))(config, weights);
    const tensors = randomAdapter(config);
    await narrow.restore(tensors);
    assertEquals(await narrow.weights(), tensors);
    const rows = await logits(narrow), whole = await create(config, weights);
    await whole.restore(tensors);
    for (const [key, row] of await logits(whole)) {
      const scale = Math.max(...row.map(Math.abs));
      row.forEach((z, v) => assert(Math.abs(rows.get(key)![v] - z) <= NARROW_TOLERANCE * scale, `${key} ${v}`));
    }
    await narrow.dispose();
    await whole.dispose();
  },
});

/** Of the largest logit: 8 bits of the numbers in two layers. */
const NARROW_TOLERANCE = 0.1;

Deno.test({
  name: "torch: an adapter of weights in pieces is refused",
  ignore,
  fn: async () => {
    const workers = await TorchWorkers.start({ device: "cpu", threads: 1, devices: 2, shard: true });
    const configJson = formatCheckpointConfig(config, "float32");
    await assertRejects(
      () => createTorchModel(workers, { config, configJson, weights, adapter: ADAPTER }),
      BenchError,
      "--shard takes weights apart",
    );
  },
});
