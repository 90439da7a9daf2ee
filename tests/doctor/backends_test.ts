import { assertEquals, assertStringIncludes } from "@std/assert";
import { trialFact } from "../../src/doctor/backends.ts";

const engine = { name: "cpu-engine", purpose: "the default", needed: true } as const;
const gpu = { name: "webgpu", purpose: "for any GPU", needed: false } as const;

Deno.test("a backend that agrees with the reference works", () => {
  const fact = trialFact(engine, { logits: [1, 2.001], facts: ["bitwise"] }, [1, 2], 340);
  assertEquals([fact.state, fact.found], ["ok", "works, the default, bitwise, tried in 0.3 s"]);
});

Deno.test("a backend that computes something else is broken, however well it starts", () => {
  assertStringIncludes(trialFact(engine, { logits: [1, 3], facts: [] }, [1, 2], 0).found, "logits are off by 1.0");
  for (const logits of [[1, 3], [1, NaN]]) {
    assertEquals(trialFact(engine, { logits, facts: [] }, [1, 2], 0).state, "missing");
    assertEquals(trialFact(gpu, { logits, facts: [] }, [1, 2], 0).state, "absent");
  }
});

Deno.test("without a reference nothing is known to work", () => {
  assertEquals(trialFact(engine, { logits: [1, 2], facts: [] }, undefined, 0).state, "missing");
});

Deno.test("the advice of an error stands apart from what is wrong", () => {
  const fact = trialFact(gpu, { error: "there is no GPU adapter; install a Vulkan driver" }, [1], 0);
  assertEquals([fact.state, fact.found, fact.fix], [
    "absent",
    "does not work (for any GPU): there is no GPU adapter",
    "install a Vulkan driver",
  ]);
  assertEquals(trialFact(engine, { error: "the process ended with 139" }, [1], 0).fix, undefined);
});
