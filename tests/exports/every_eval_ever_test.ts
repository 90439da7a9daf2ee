import { assertEquals, assertMatch } from "@std/assert";
import { exportEveryEvalEver } from "../../src/exports/every_eval_ever.ts";
import { exampleCounts, exampleResult } from "../result/example.ts";
import { completeResult } from "../../src/result/complete.ts";
import { EVERY_EVAL_EVER_PATH } from "./facts.ts";

Deno.test("a record says what was measured, with both errors, counts and how it was sampled", () => {
  const result = exampleResult();
  const [{ path, text }] = exportEveryEvalEver([result]);
  assertMatch(path, EVERY_EVAL_EVER_PATH);
  const record = JSON.parse(text);
  assertEquals(record.model_info.id, "soft-grpo-bench/tiny-soft-thinking-grpo-paper-s1");
  assertEquals(record.source_metadata.evaluator_relationship, "first_party");
  const own = record.evaluation_results.find((row: { evaluation_result_id: string }) =>
    row.evaluation_result_id === "arith-add/pass@1"
  );
  const { value, low, high, seNew, seSet } = result.datasets[0].metrics.passAt["1"];
  assertEquals(own.score_details.score, value);
  assertEquals(own.score_details.uncertainty.standard_error.value, seNew);
  assertEquals(own.score_details.uncertainty.confidence_interval.lower, low);
  assertEquals(own.score_details.uncertainty.confidence_interval.upper, high);
  assertEquals(own.score_details.details.standard_error_on_these_problems, String(seSet));
  assertEquals(JSON.parse(own.score_details.details.samples_and_correct_by_problem)[1], ["arith-add/0001", 7, 2]);
  assertEquals(own.metric_config.metric_parameters, { k: 1, n: 7 });
  assertEquals(own.source_data.source_type, "other");
  assertEquals(own.generation_config.generation_args.temperature, 1);
  assertEquals(own.generation_config.additional_details.decoding, "soft-thinking");
});

Deno.test("a published dataset is named by its pinned address", () => {
  const counts = exampleCounts();
  const [{ text }] = exportEveryEvalEver([
    completeResult({ ...counts, datasets: [{ ...counts.datasets[0], name: "gsm8k" }] }),
  ]);
  const { source_data } = JSON.parse(text).evaluation_results[0];
  assertEquals(source_data.source_type, "url");
  assertMatch(source_data.url[0], /^https:\/\/.*[0-9a-f]{40}/);
});
