import { assert, assertAlmostEquals, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { BenchError, UsageError } from "../../src/errors.ts";
import { check } from "../../src/files/check.ts";
import {
  adaptedLayers,
  adapterParameterCount,
  adapterScale,
  adapterSchema,
  adapterShapes,
  initialAdapter,
  isNeutral,
} from "../../src/models/adapter.ts";
import { SMALL_CONFIG } from "../fixtures/small_model.ts";

/** Fewer key heads than query heads, so that all shapes differ. */
const CONFIG = { ...SMALL_CONFIG, heads: 6, keyValueHeads: 2 };
const ADAPTER = { rank: 3, alpha: 12 };

Deno.test("an adapter has peft's names, A (R, in) before B (out, R)", () => {
  const shapes = adapterShapes(CONFIG, { ...ADAPTER, targets: ["down_proj", "k_proj"] });
  // Whatever the order in which layers are named, it is that of the block.
  assertEquals([...shapes].slice(0, 4), [
    ["base_model.model.model.layers.0.self_attn.k_proj.lora_A.weight", [3, 10]],
    ["base_model.model.model.layers.0.self_attn.k_proj.lora_B.weight", [4, 3]],
    ["base_model.model.model.layers.0.mlp.down_proj.lora_A.weight", [3, 17]],
    ["base_model.model.model.layers.0.mlp.down_proj.lora_B.weight", [10, 3]],
  ]);
  assertEquals(shapes.size, 8);
});

Deno.test("all seven layers of a block have one unless some are named", () => {
  const layers = adaptedLayers(CONFIG, ADAPTER);
  assertEquals(layers.slice(0, 7).map(({ weight, input, output }) => [weight, input, output]), [
    ["model.layers.0.self_attn.q_proj.weight", 10, 12],
    ["model.layers.0.self_attn.k_proj.weight", 10, 4],
    ["model.layers.0.self_attn.v_proj.weight", 10, 4],
    ["model.layers.0.self_attn.o_proj.weight", 12, 10],
    ["model.layers.0.mlp.gate_proj.weight", 10, 17],
    ["model.layers.0.mlp.up_proj.weight", 10, 17],
    ["model.layers.0.mlp.down_proj.weight", 17, 10],
  ]);
  // Σ R (in + out) over both blocks.
  assertEquals(adapterParameterCount(CONFIG, ADAPTER), 2 * 3 * (22 + 14 + 14 + 22 + 27 + 27 + 27));
  assertEquals(adapterScale(ADAPTER), 4);
});

Deno.test("an adapter starts with A uniform in ±1/√in and B zero, and is neutral", () => {
  const tensors = initialAdapter({ ...CONFIG, hiddenSize: 400 }, { ...ADAPTER, targets: ["q_proj"] }, 5);
  const a = tensors.get("base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight")!.data;
  assert(a.every((value) => Math.abs(value) <= 1 / 20));
  assert(Math.max(...a) > 0.98 / 20 && Math.min(...a) < -0.98 / 20);
  // 1/3 of the bound squared; the mean of 1200 squares has a standard error of 0.026 of the bound squared.
  assertAlmostEquals(a.reduce((sum, value) => sum + value ** 2, 0) / a.length * 400, 1 / 3, 4 * 0.026);
  const b = tensors.get("base_model.model.model.layers.1.self_attn.q_proj.lora_B.weight")!;
  assertEquals([b.shape, b.data.some((value) => value !== 0)], [[12, 3], false]);
  assert(isNeutral(tensors));
  b.data[35] = 1e-9;
  assert(!isNeutral(tensors));
});

Deno.test("an adapter's start follows from seed and tensor, not from what else has one", () => {
  const name = "base_model.model.model.layers.1.mlp.up_proj.lora_A.weight";
  const start = (seed: number, own = {}) => initialAdapter(CONFIG, { ...ADAPTER, ...own }, seed).get(name)!.data;
  assertEquals(start(1), start(1, { targets: ["up_proj"], alpha: 7 }));
  assertNotEquals(start(1), start(2));
  const other = initialAdapter(CONFIG, ADAPTER, 1).get(name.replace("up_proj", "gate_proj"))!.data;
  assertNotEquals(start(1), other);
});

Deno.test("a model with fused projections has no adapter", () => {
  assertThrows(
    () => adaptedLayers({ ...CONFIG, family: "phi3", fusedProjections: true }, ADAPTER),
    BenchError,
    "Cannot train an adapter of phi3",
  );
});

const WRONG: [Record<string, unknown>, string][] = [
  [{ rank: 0 }, "adapter.rank: found 0, expected an integer of at least 1"],
  [{ rank: 2.5 }, "adapter.rank: found 2.5"],
  [{ alpha: 0 }, "adapter.alpha: found 0, expected a number above 0"],
  [{ targets: [] }, "adapter.targets: found"],
  [{ targets: ["q_proj", "q_proj"] }, "expected each layer once"],
  [{ targets: ["qkv_proj"] }, 'adapter.targets[0]: found "qkv_proj"'],
  [{ dropout: 0.1 }, "adapter.dropout"],
];
for (const [change, message] of WRONG) {
  Deno.test(`an adapter is refused: ${message}`, () => {
    assertThrows(() => check(adapterSchema, { ...ADAPTER, ...change }, { root: "adapter" }), UsageError, message);
  });
}
