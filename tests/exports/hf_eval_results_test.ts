import { assertEquals, assertStringIncludes } from "@std/assert";
import { parse as parseYaml } from "@std/yaml";
import { exportHfEvalResults } from "../../src/exports/hf_eval_results.ts";
import { completeResult } from "../../src/result/complete.ts";
import { exampleCounts, exampleResult } from "../result/example.ts";

Deno.test("only datasets that are Benchmarks on the hub are exported, with pass@1 in percent", () => {
  assertEquals(exportHfEvalResults([exampleResult()]), []);
  const counts = exampleCounts();
  const result = completeResult({
    ...counts,
    datasets: [...counts.datasets, { ...counts.datasets[0], name: "gsm8k" }],
  });
  const [{ path, text }] = exportHfEvalResults([result]);
  assertEquals(
    path,
    "soft-grpo-bench/tiny-soft-thinking-grpo-paper-s1/.eval_results/soft-thinking-grpo-paper-s1.yaml",
  );
  const [entry, ...others] = parseYaml(text) as Record<string, unknown>[];
  assertEquals(others, []);
  assertEquals(entry.dataset, { id: "openai/gsm8k", task_id: "gsm8k" });
  // 0 + 2 + 5 + 7 + 3 of 5 × 7.
  assertEquals(entry.value, 48.5714);
  assertEquals(entry.date, "2026-11-24");
  assertStringIncludes(String(entry.notes), "95 % interval");
});
