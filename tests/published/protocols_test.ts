import { assertEquals } from "@std/assert";
import counts from "../../benchmarks/published/soft_grpo_llama_3b_counts.json" with { type: "json" };
import { thoughtLaw } from "../../src/algorithms/registry.ts";
import { decodingSchema } from "../../src/experiment/config.ts";
import { check } from "../../src/files/check.ts";
import { PASS_ESTIMATOR_NAMES } from "../../src/metrics/pass_estimator_name.ts";
import { parsePublishedRows } from "../../src/published/counts.ts";
import { type EvaluationProtocol, protocolFacts } from "../../src/published/protocol.ts";
import { decodingOf, type ProtocolName, PROTOCOLS } from "../../src/published/protocols.ts";

const ENTRIES = Object.entries(PROTOCOLS) as [ProtocolName, EvaluationProtocol][];

Deno.test("every decoding is one that an experiment accepts", () => {
  for (const [name, { decoding }] of ENTRIES) {
    assertEquals(check(decodingSchema, decoding.is, { root: name }), decodingOf(name), name);
  }
});

Deno.test("every fact has a source, or says why it is not known", () => {
  for (const [name, protocol] of ENTRIES) {
    for (const [fact, own] of protocolFacts(protocol)) {
      assertEquals(("is" in own ? own.source : own.unknown).length > 0, true, `${name}: ${fact}`);
    }
    for (const rule of [protocol.passAtOne, protocol.passAtMore]) {
      if ("is" in rule) assertEquals(PASS_ESTIMATOR_NAMES.includes(rule.is), true, name);
    }
  }
});

Deno.test("SofT-GRPO's protocols are what its logs recorded with every row", () => {
  for (const { protocol, sampling, samples_per_problem, decoding: soft } of parsePublishedRows(counts, "counts")) {
    const { algorithm, answers } = decodingOf(protocol!);
    const filter = thoughtLaw(algorithm).filter!;
    assertEquals(
      [filter.temperature, filter.topP, filter.topK, algorithm.name !== "discrete-grpo"],
      [sampling!.temperature, sampling!.top_p, sampling!.top_k, soft === "soft"],
    );
    assertEquals(answers.rule !== "greedy" && answers.filter, filter);
    if (algorithm.name === "soft-thinking-grpo" && algorithm.perturbation.kind === "gumbel") {
      assertEquals(algorithm.perturbation.temperature, sampling!.gumbel_softmax_temperature);
    }
    assertEquals((PROTOCOLS[protocol!].samples as { is: number }).is, samples_per_problem);
  }
});

Deno.test("Multiplex Thinking's script stops early and cools its answers, its engine does neither", () => {
  const [asked, done] = [decodingOf("multiplex"), decodingOf("multiplex-release")];
  assertEquals(asked.answers, { rule: "sample", filter: { temperature: 0.6, topP: 0.95 } });
  assertEquals(asked.thinking?.coldStop, { entropyBelow: 0.1, positions: 256, temperature: 1 });
  assertEquals(done.answers, { rule: "sample", filter: { temperature: 1, topP: 0.95 } });
  assertEquals(done.thinking?.coldStop, undefined);
});
