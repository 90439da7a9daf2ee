import { assertEquals } from "@std/assert";
import tiny from "../../benchmarks/tiny.ts";
import { configChanges } from "../../src/experiment/config_changes.ts";
import { resolveExperiment } from "../../src/experiment/resolve.ts";

Deno.test("a change in one place has its path, the same in several their number", () => {
  const arms = ["discrete-grpo"];
  const before = resolveExperiment(tiny, { arms });
  assertEquals(configChanges(before, before), []);
  // Thoughts and answers of the matched decoding, of the arm, and of its two evaluations, one of which has no top-k.
  assertEquals(configChanges(before, resolveExperiment(tiny, { arms, prompt: "conversation", topK: 7 })), [
    'prompt "question" -> "conversation"',
    "topK 5 -> 7 (6 places)",
    "topK none -> 7 (2 places)",
  ]);
});
