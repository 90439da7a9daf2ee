import { assert, assertEquals } from "@std/assert";
import { parseCheckpointConfig } from "../../src/checkpoint/config.ts";
import { initialWeights } from "../../src/pretraining/initial_weights.ts";
import { TINY_RECIPE } from "../../src/pretraining/recipe.ts";

const CONFIG = new URL("../../models/tiny/config.json", import.meta.url);
const config = parseCheckpointConfig(JSON.parse(Deno.readTextFileSync(CONFIG)), "config.json");
const weights = initialWeights(config, TINY_RECIPE);

function deviation(name: string): number {
  const { data } = weights.get(name)!;
  return Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length);
}

Deno.test("the tiny model has 808,320 parameters", () => {
  assertEquals([...weights.values()].reduce((sum, { data }) => sum + data.length, 0), 808_320);
});

Deno.test("table .05, linear .06, residual outputs .06/√8; biases 0 and norms 1", () => {
  const expected: [string, number][] = [
    ["model.embed_tokens.weight", 0.05],
    ["model.layers.0.self_attn.q_proj.weight", 0.06],
    ["model.layers.3.mlp.up_proj.weight", 0.06],
    ["model.layers.1.self_attn.o_proj.weight", 0.0212132],
    ["model.layers.2.mlp.down_proj.weight", 0.0212132],
  ];
  for (const [name, wanted] of expected) {
    // The smallest of them has 2,816 numbers: a sample deviation varies by 1.3 %.
    assert(Math.abs(deviation(name) / wanted - 1) < 0.05, `${name}: ${deviation(name)}`);
  }
  assert(weights.get("model.layers.0.self_attn.k_proj.bias")!.data.every((x) => x === 0));
  assert(weights.get("model.layers.0.input_layernorm.weight")!.data.every((x) => x === 1));
  assert(weights.get("model.norm.weight")!.data.every((x) => x === 1));
});

Deno.test("a tensor's values depend on its name and the seed alone", () => {
  const small = initialWeights({ ...config, layers: 1 }, TINY_RECIPE);
  const name = "model.layers.0.mlp.gate_proj.weight";
  assertEquals(small.get(name), weights.get(name));
  const other = initialWeights({ ...config, layers: 1 }, { ...TINY_RECIPE, seed: 2 });
  assert(other.get(name)!.data[0] !== weights.get(name)!.data[0]);
});
