import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { saveCheckpoint } from "../../src/checkpoint/writer.ts";
import { BenchError, UsageError } from "../../src/errors.ts";
import { inspectModel } from "../../src/experiment/inspect_model.ts";

const TEXT = "<user>47+38<assistant><think>";

Deno.test("inspectModel() says the same of a token as of a mixture that is that token alone", async () => {
  const { ids, greedyIds } = await inspectModel("models/tiny", TEXT, { greedy: 3 });
  const { mixtureLogits } = await inspectModel("models/tiny", TEXT, { mixture: [[greedyIds[0], 1]] });
  const fed = await inspectModel("models/tiny", TEXT, { greedy: 1 });
  assertEquals(fed.ids, ids);
  // One kernel computes both, so only the order of a product with weight 1 could differ.
  const best = mixtureLogits!.indexOf(Math.max(...mixtureLogits!));
  assertEquals(best, greedyIds[1]);
});

Deno.test("inspectModel() gives log-probabilities that sum to 1 over the vocabulary", async () => {
  const { lastLogits, tokenLogProbs, ids } = await inspectModel("models/tiny", TEXT);
  const top = Math.max(...lastLogits);
  const mass = lastLogits.reduce((sum, logit) => sum + Math.exp(logit - top), 0);
  assertAlmostEquals(lastLogits.reduce((sum, logit) => sum + Math.exp(logit - top) / mass, 0), 1, 1e-12);
  assertEquals(tokenLogProbs.length, ids.length - 1);
  assertEquals(tokenLogProbs.every((value) => value < 0), true);
});

Deno.test("inspectModel() refuses a mixture of ids that the model does not have", async () => {
  await assertRejects(() => inspectModel("models/tiny", TEXT, { mixture: [[97, 1]] }), UsageError, '"97:1"');
});

Deno.test("inspectModel() refuses a model whose logits are not finite", async () => {
  const folder = await Deno.makeTempDir();
  const { config, weights } = await loadCheckpoint("models/tiny");
  const grown = new Map(
    [...weights].map(([name, { shape, data }]) =>
      [name, { shape, data: name.includes("mlp") ? data.map((value) => value * 1e30) : data }] as const
    ),
  );
  const card = { title: "dead", summary: "Finite weights, logits that are not.", facts: [] };
  await saveCheckpoint(`${folder}/dead`, {
    config,
    weights: grown,
    dtype: "F32",
    companionsFrom: "models/tiny",
    card,
  });
  await assertRejects(
    () => inspectModel(`${folder}/dead`, TEXT),
    BenchError,
    "Cannot continue the text: the model's logits hold NaN",
  );
  await Deno.remove(folder, { recursive: true });
});
