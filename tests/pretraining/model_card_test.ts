import { assert, assertEquals } from "@std/assert";
import { modelCard } from "../../src/pretraining/model_card.ts";
import { TINY_RECIPE } from "../../src/pretraining/recipe.ts";

Deno.test("the card tells every number of the recipe, and the committed README is that card", () => {
  const folder = new URL("../../models/tiny/", import.meta.url);
  const readme = Deno.readTextFileSync(new URL("README.md", folder));
  const sha256 = readme.match(/tokenizer\.json sha256 \| `([0-9a-f]{64})`/)![1];
  const card = modelCard(TINY_RECIPE, sha256);
  for (const number of ["2050", "128", "0.002", "100 updates", "0.05", "0.06", "0.021213", "0.9", "0.95", "0.01"]) {
    assert(card.facts.some(([, text]) => text.includes(number)), number);
  }
  assert(readme.includes(card.summary));
  for (const [name, text] of card.facts) assert(readme.includes(`| ${name} | ${text} |`), name);
  assertEquals(readme.includes("NaN"), false);
});
