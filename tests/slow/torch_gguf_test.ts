/**
 * GGUF files, held by PyTorch, against transformers (tests/golden/gguf.py). Needs `deno task setup:torch`; without it the
 * test says that it is skipped.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { BenchError } from "../../src/errors.ts";
import { createTorchModel } from "../../src/torch/model.ts";
import { TorchWorkers } from "../../src/torch/workers.ts";
import { wholeRowsOf } from "../fixtures/logit_rows.ts";
import golden from "../golden/gguf.json" with { type: "json" };

/** Of the largest logit: sums of some hundred terms in 32 bits, as in tests/checkpoint/gguf_test.ts. */
const TOLERANCE = 2e-5;
const workers = await TorchWorkers.start({ device: "cpu", threads: 1 }).catch((error) => {
  if (!(error instanceof BenchError)) throw error;
  console.warn(`SKIPPED: GGUF files held by PyTorch: ${error.message}`);
});
// So that they outlive every model.
workers?.use();

const open = async (name: string) =>
  await createTorchModel(workers!, await loadCheckpoint(`tests/golden/gguf/${name}.gguf`));
/** It looks back through a window that is shorter than its ids. */
const WINDOWED = "phi3";

for (const { name, ids, logits } of golden.models.filter(({ name }) => name !== WINDOWED)) {
  Deno.test({
    name: `torch: logits of ${name}.gguf are those of transformers`,
    ignore: workers === undefined,
    fn: async () => {
      const model = await open(name);
      const decoder = wholeRowsOf(await model.decode([Int32Array.from(ids)], [1], 1), model.config.vocabularySize);
      const [found] = await decoder.prompts(1);
      decoder.dispose();
      await model.dispose();
      const scale = Math.max(...logits.map(Math.abs));
      assertEquals(found.length, logits.length);
      logits.forEach((value, i) =>
        assert(Math.abs(found[i] - value) < TOLERANCE * scale, `${i}: ${found[i]}, ${value}`)
      );
    },
  });
}

Deno.test({
  name: "torch: a GGUF file that looks back through a window takes no sequence that is longer",
  ignore: workers === undefined,
  fn: async () => {
    const model = await open(WINDOWED);
    const { ids } = golden.models.find(({ name }) => name === WINDOWED)!;
    await assertRejects(() => model.decode([Int32Array.from(ids)], [1], 1), BenchError, "the model has 7");
    await model.dispose();
  },
});
