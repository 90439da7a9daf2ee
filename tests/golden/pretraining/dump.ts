/**
 * Writes what pretraining starts from, for three_updates.py: initial weights and the first three batches.
 *
 * deno run --allow-read --allow-write tests/golden/pretraining/dump.ts FOLDER
 */
import { parseCheckpointConfig } from "../../../src/checkpoint/config.ts";
import { parameterShapes } from "../../../src/models/parameters.ts";
import { writeSafetensors } from "../../../src/checkpoint/safetensors.ts";
import { ExampleSource } from "../../../src/pretraining/batch.ts";
import { initialWeights } from "../../../src/pretraining/initial_weights.ts";
import { TINY_RECIPE } from "../../../src/pretraining/recipe.ts";
import { completionText } from "../../../src/pretraining/worked_example.ts";

const [folder] = Deno.args;
const configText = Deno.readTextFileSync("models/tiny/config.json");
const config = parseCheckpointConfig(JSON.parse(configText), "config.json");
const source = new ExampleSource(TINY_RECIPE.seed);
const batches = [0, 1, 2].map((step) =>
  source.examples(step, TINY_RECIPE.batch).map((example) => [
    `<user>${example.question}<assistant><think>`,
    completionText(example),
  ])
);
Deno.writeTextFileSync(`${folder}/config.json`, configText);
Deno.writeTextFileSync(`${folder}/batches.json`, JSON.stringify(batches));
writeSafetensors(`${folder}/model.safetensors`, initialWeights(config, TINY_RECIPE), parameterShapes(config), "F32");
