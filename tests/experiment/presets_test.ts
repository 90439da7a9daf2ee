import { assertEquals } from "@std/assert";
import { algorithmSchema } from "../../src/algorithms/registry.ts";
import { presets } from "../../src/experiment/presets.ts";
import { check } from "../../src/files/check.ts";
import { advantageSchema } from "../../src/training/advantage.ts";
import { lossSchema } from "../../src/training/loss/loss_config.ts";
import { optimizerSchema } from "../../src/training/optimizer.ts";

Deno.test("every preset passes the schema of its part unchanged", () => {
  for (const ofAlgorithm of Object.values(presets.algorithms)) {
    for (const [root, preset] of Object.entries(ofAlgorithm)) {
      assertEquals<unknown>(check(algorithmSchema, preset, { root }), preset);
    }
  }
  for (const [root, preset] of Object.entries(presets.advantages)) check(advantageSchema, preset, { root });
  for (const [root, preset] of Object.entries(presets.losses)) check(lossSchema, preset, { root });
  for (const [root, preset] of Object.entries(presets.optimizers)) check(optimizerSchema, preset, { root });
});
