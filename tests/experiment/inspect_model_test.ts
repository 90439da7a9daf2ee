import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
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
