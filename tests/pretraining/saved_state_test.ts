import { assertEquals } from "@std/assert";
import type { LanguageModel, NamedTensors } from "../../src/models/language_model.ts";
import { restoreState, saveState } from "../../src/pretraining/saved_state.ts";

const tensors = (first: number): NamedTensors =>
  new Map([["a.weight", { shape: [2, 3], data: Float32Array.from({ length: 6 }, (_, i) => first + i / 7) }]]);

/** The parts of a model that saving and restoring meet. */
function fake(): LanguageModel & { restored?: Parameters<LanguageModel["restore"]> } {
  const model = {
    weights: async () => tensors(1),
    optimizerState: async () => ({ first: tensors(2), second: tensors(3) }),
    restore: async (...state: Parameters<LanguageModel["restore"]>) => {
      model.restored = state;
    },
    restored: undefined as Parameters<LanguageModel["restore"]> | undefined,
  };
  return model as unknown as LanguageModel & { restored?: Parameters<LanguageModel["restore"]> };
}

Deno.test("the latest state comes back with weights and both moments, and earlier ones go", async () => {
  const folder = Deno.makeTempDirSync();
  const model = fake();
  assertEquals(await restoreState(`${folder}/none`, model), 0);
  assertEquals(model.restored, undefined);
  await saveState(folder, 9, model);
  await saveState(folder, 100, model);
  await saveState(folder, 100, model);
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["step-100.safetensors"]);
  assertEquals(await restoreState(folder, model), 100);
  assertEquals(model.restored, [tensors(1), { first: tensors(2), second: tensors(3) }]);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("a state that was being written when the run ended does not count", async () => {
  const folder = Deno.makeTempDirSync();
  Deno.writeTextFileSync(`${folder}/step-7.safetensors.tmp`, "half");
  assertEquals(await restoreState(folder, fake()), 0);
  Deno.removeSync(folder, { recursive: true });
});
