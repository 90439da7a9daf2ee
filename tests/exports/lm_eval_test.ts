import { assertEquals } from "@std/assert";
import { exportLmEval } from "../../src/exports/lm_eval.ts";
import { exampleResult } from "../result/example.ts";

Deno.test("metrics stand under `metric,filter` with the standard error for new problems", () => {
  const result = exampleResult();
  const [{ path, text }] = exportLmEval([result]);
  assertEquals(
    path.startsWith("soft-grpo-bench__tiny-soft-thinking-grpo-paper-s1/results_2026-11-24T07-00-00.000_"),
    true,
  );
  const document = JSON.parse(text);
  const { value, seNew } = result.datasets[1].metrics.majorityAt["7"];
  assertEquals(document.results["arith-sub"]["majority@7,none"], value);
  assertEquals(document.results["arith-sub"]["majority@7_stderr,none"], seNew);
  assertEquals(document["n-samples"]["arith-add"], { original: 200, effective: 5 });
  assertEquals(document.config.limit, 5);
  assertEquals(document.config.random_seed, 1);
  assertEquals(document.configs["arith-add"].repeats, 7);
  assertEquals(document.configs["arith-add"].generation_kwargs, {
    do_sample: true,
    temperature: 1,
    top_p: 0.95,
    top_k: 5,
    max_gen_toks: 40,
  });
  assertEquals(document.date, Date.UTC(2026, 10, 24, 7) / 1000);
});
