import { assertEquals } from "@std/assert";
import { askedOf } from "../../../src/exports/samples/asked.ts";
import { sampledRun } from "./sampled.ts";

const { result } = await sampledRun();
const [dataset] = result.datasets;

Deno.test("questions and whole prompts are told where dataset, tokenizer and template are the same", async () => {
  const { problems, prompter } = await askedOf(result, dataset);
  const [{ id }] = dataset.problems;
  const { question } = problems.get(id)!;
  assertEquals(prompter!.text({ question }), `<user>${question}<assistant><think>`);
});

Deno.test("another dataset of that name, or one that is not here, asks nothing", async () => {
  for (const other of [{ ...dataset, sha256: "0".repeat(64) }, { ...dataset, name: "./none.jsonl" }]) {
    assertEquals([...(await askedOf(result, other)).problems], []);
  }
});

Deno.test("another template, or a model that is not here, leaves questions alone", async () => {
  const others = [
    { ...result, model: { ...result.model, promptSha256: "0".repeat(64) } },
    {
      ...result,
      experiment: { ...result.experiment, config: { ...result.experiment.config, model: "no/such/model" } },
    },
    { ...result, experiment: { ...result.experiment, config: {} } },
  ];
  for (const other of others) {
    const { problems, prompter } = await askedOf(other, dataset);
    assertEquals([problems.size, prompter], [200, undefined]);
  }
});
