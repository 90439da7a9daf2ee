import { assert, assertEquals } from "@std/assert";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { adapterParameterCount } from "../../src/models/adapted_layers.ts";
import type { Result } from "../../src/result/types.ts";
import adapted from "../fixtures/mini_adapter.ts";
import { run } from "./command_line.ts";
import { assertContinues, uninterrupted } from "./interrupted_bench.ts";

const EXPERIMENT = "tests/fixtures/mini_adapter.ts";
const ADAPTER = adapted.training.adapter!;

Deno.test("bench trains an adapter, says how large it is, and keeps no weights of the base", async () => {
  const { files } = await uninterrupted(EXPERIMENT);
  const results = [...files].filter(([path]) => /results\/.*\.json$/.test(path)).map(([, text]) =>
    JSON.parse(text) as Result
  );
  const { config, parameters } = await loadCheckpoint("models/tiny");
  assertEquals(results.map(({ model }) => model.parameters), [parameters, parameters]);
  const trained = results.find(({ arm }) => arm.algorithm !== "base")!;
  assertEquals(trained.model.trained.parameters, adapterParameterCount(config, ADAPTER));
  const { training } = trained.arm.objective as { training: Record<string, unknown> };
  assertEquals<unknown>(training.adapter, ADAPTER);
  // The base is not as far away as to have no divergence, nor as near as not to have moved.
  assert(trained.training.curve.some(({ kl }) => kl !== undefined && kl > 0));
  const kept = [...files.keys()].filter((path) => path.includes("/step-5/")).map((path) => path.split("/").at(-1));
  assertEquals(kept.sort(), [
    "README.md",
    "adapter_config.json",
    "adapter_model.safetensors",
    "curve.jsonl",
    "optimizer.safetensors",
    "rollouts.jsonl",
    "state.json",
  ]);
});

Deno.test("bench ends in the same bytes after kill -9 while an adapter is trained", () =>
  assertContinues({
    pattern: /checkpoints\/soft-thinking-grpo[^/]*\/step-2\//,
    signal: "SIGKILL",
    experiment: EXPERIMENT,
  }));

Deno.test("merge makes a model of an adapter, which evaluate takes; the adapter itself it refuses", async () => {
  const { folder, files } = await uninterrupted(EXPERIMENT);
  const adapter = `${folder}/runs/${
    [...files.keys()].find((path) => path.includes("/step-5/"))!.replace(/\/[^/]*$/, "")
  }`;
  const merged = `${folder}/merged`;
  const { code, stdout, stderr } = await run(["merge", adapter, merged, "--json"]);
  assertEquals(code, 0, stderr);
  assertEquals(JSON.parse(stdout).model, "models/tiny");
  const evaluate = (model: string) => {
    const places = ["--runs", `${folder}/evaluated`, "--results", `${folder}/evaluated-results`];
    return run(["evaluate", "tests/fixtures/mini.ts", "--model", model, "--limit", "1", "--samples", "1", ...places]);
  };
  assertEquals((await evaluate(merged)).code, 0);
  const refused = await evaluate(adapter);
  assertEquals(refused.code, 1);
  assert(refused.stderr.includes(`merge ${adapter} OUTPUT`), refused.stderr);
});
