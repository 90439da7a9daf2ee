import { assertEquals, assertThrows } from "@std/assert";
import { KNOWN_MODELS, pinnedReference } from "../../../src/checkpoint/hub/known_models.ts";
import { formatModelReference, isCommit } from "../../../src/checkpoint/hub/reference.ts";
import { experimentNames, loadExperiment } from "../../../src/commands/experiment_arguments.ts";
import { UsageError } from "../../../src/errors.ts";

Deno.test("every model of the hub that an experiment names is known, at the commit that it names, and no other is", async () => {
  const experiments = await Promise.all(experimentNames().map(loadExperiment));
  const named = experiments.map(({ model }) => model).filter((model) => model.includes("@"));
  assertEquals([...new Set(named)].sort(), KNOWN_MODELS.map(formatModelReference).sort());
  assertEquals(KNOWN_MODELS.filter(({ revision }) => !isCommit(revision)), []);
});

Deno.test("a known name alone means its pin; a revision, or another name, means what it says", () => {
  const [{ model, revision }] = KNOWN_MODELS;
  assertEquals(pinnedReference(model), { model, revision });
  assertEquals(pinnedReference(`${model}@main`), { model, revision: "main" });
  assertEquals(pinnedReference("org/name"), { model: "org/name", revision: "main" });
  assertThrows(() => pinnedReference("name"), UsageError, "expected org/name@revision");
});
