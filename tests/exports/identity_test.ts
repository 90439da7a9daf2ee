import { assert, assertEquals } from "@std/assert";
import {
  coverageNote,
  datasetAddress,
  generationSettings,
  limitOf,
  modelIdentity,
} from "../../src/exports/identity.ts";
import { exampleResult } from "../result/example.ts";
import type { JsonObject } from "../../src/files/json.ts";

const { arm, model, training } = exampleResult();
const withSampling = (sampling: JsonObject) =>
  generationSettings(exampleResult({ decoding: { text: "own", matched: false, ...sampling } }));

Deno.test("a model's source cannot lead an export out of its folder", () => {
  const base = { ...arm, algorithm: "base", label: "base-discrete" };
  const untrained = { ...training, steps: 0, curve: [], mismatch: null };
  for (const source of ["../..@x", "../name@x", "a/..@x", "a\\b/c@x", "./.@x", ".../....@x"]) {
    const { developer, name } = modelIdentity(
      exampleResult({ arm: base, training: untrained, model: { ...model, source } }),
    );
    for (const part of [developer, name]) assert(/^[\w.-]+$/.test(part) && !/^\.*$/.test(part), `${source}: ${part}`);
  }
});

Deno.test("an untrained model of the hub keeps its name, everything else gets one", () => {
  const base = { ...arm, algorithm: "base", label: "base-discrete" };
  const untrained = { ...training, steps: 0, curve: [], mismatch: null };
  const source = "Qwen/Qwen2.5-0.5B@0123abc";
  assertEquals(
    modelIdentity(exampleResult({ arm: base, training: untrained, model: { ...model, source } })).id,
    "Qwen/Qwen2.5-0.5B",
  );
  assertEquals(modelIdentity(exampleResult({ arm: base, training: untrained })).id, "soft-grpo-bench/tiny");
  assertEquals(
    modelIdentity(exampleResult({ model: { ...model, source } })).id,
    "soft-grpo-bench/Qwen2.5-0.5B-soft-thinking-grpo-paper-s1",
  );
});

Deno.test("sampling settings are found in our form, in a publisher's, and for greedy answers", () => {
  const filter = { temperature: 0.7, topP: 0.9, topK: 3 };
  assertEquals(withSampling({ answers: { rule: "sample", filter }, maxNewTokens: 40 }), { ...filter, maxTokens: 40 });
  assertEquals(withSampling({ answers: { rule: "greedy" }, maxNewTokens: 40 }), { temperature: 0, maxTokens: 40 });
  assertEquals(withSampling({ temperature: 0.6, top_p: 0.95, top_k: 30 }), { temperature: 0.6, topP: 0.95, topK: 30 });
  assertEquals(withSampling({}), {});
});

Deno.test("a dataset's address is that of its pinned file, errata or not", () => {
  assertEquals(datasetAddress("aime2024+errata1"), datasetAddress("aime2024"));
  assertEquals(datasetAddress("arith-add"), undefined);
});

Deno.test("a limit is said where one number cut every dataset that has more problems", () => {
  const sized = (...sizes: [number, number][]) => {
    const { datasets: [first], ...result } = exampleResult();
    return {
      ...result,
      datasets: sizes.map(([scored, of]) => ({ ...first, name: `set-${of}`, coverage: { scored, of } })),
    };
  };
  assertEquals(limitOf(sized([40, 1319])), 40);
  assertEquals(limitOf(sized([40, 1319], [30, 30])), 40);
  assertEquals(limitOf(sized([1319, 1319], [30, 30])), null);
  // Fifty whole problems were not cut at 40, and 40 and 41 are not one limit.
  assertEquals(limitOf(sized([40, 1319], [50, 50])), null);
  assertEquals(limitOf(sized([40, 1319], [41, 500])), null);
  assertEquals(sized([40, 1319], [30, 30]).datasets.map(coverageNote), [
    "the first 40 of 1,319 problems, not the whole dataset",
    undefined,
  ]);
});
