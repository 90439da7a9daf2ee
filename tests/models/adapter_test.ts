import { assert, assertAlmostEquals, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { check } from "../../src/files/check.ts";
import { adapterSchema, initialAdapter, isNeutral } from "../../src/models/adapter.ts";
import { SMALL_CONFIG } from "../fixtures/small_model.ts";

/** Fewer key heads than query heads, so that all shapes differ. */
const CONFIG = { ...SMALL_CONFIG, heads: 6, keyValueHeads: 2 };
const ADAPTER = { rank: 3, alpha: 12 };

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
