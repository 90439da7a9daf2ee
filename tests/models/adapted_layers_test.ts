import { assertEquals, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { adaptedLayers, adapterParameterCount, adapterScale, adapterShapes } from "../../src/models/adapted_layers.ts";
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

Deno.test("a model with fused projections has no adapter", () => {
  assertThrows(
    () => adaptedLayers({ ...CONFIG, family: "phi3", fusedProjections: true }, ADAPTER),
    BenchError,
    "Cannot train an adapter of phi3",
  );
});
