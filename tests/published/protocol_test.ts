import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  estimatorTable,
  type EvaluationProtocol,
  protocolFacts,
  protocolTable,
  protocolText,
} from "../../src/published/protocol.ts";

const PROTOCOL: EvaluationProtocol = {
  paper: "Some paper",
  rows: "some rows",
  decoding: {
    is: {
      decoding: "x",
      algorithm: { name: "discrete-grpo", filter: { temperature: 0.7, topP: 0.9 } },
      answers: { rule: "greedy" },
      thinking: { end: "</t>", coldStop: { entropyBelow: 0.2, positions: 17, temperature: 1 } },
    },
    source: "its_script.sh",
  },
  maxNewTokens: { is: 4099, source: "its_script.sh" },
  samples: { is: 7, source: "table 1" },
  passAtOne: { is: "unbiased", source: "table 1" },
  passAtMore: { unknown: "it has none" },
  samplingSeeds: { is: "seed 5", source: "its_script.sh" },
  trainedSeeds: { is: 3, source: "table 1" },
  grader: { unknown: "not said" },
  released: "which stops at 13",
};

Deno.test("a line tells what is known, early stopping included, and leaves out what is not", () => {
  assertEquals(
    protocolText(PROTOCOL),
    "tokens, T 0.7, top-p 0.9; answers greedy; thinking ends after 17 positions with an entropy below 0.2 nats; at most " +
      "4099 tokens; 7 samples; Pass@1 unbiased",
  );
  assertEquals(protocolText({ ...PROTOCOL, samples: { unknown: "" } }).includes("samples"), false);
});

Deno.test("facts that are not known say why", () => {
  const facts = new Map(protocolFacts(PROTOCOL));
  assertEquals(facts.get("Pass@k above 1"), { unknown: "it has none" });
  assertEquals(facts.get("samples a problem"), { is: "7", source: "table 1" });
  const { thinking: _, ...decoding } = PROTOCOL.decoding.is;
  const never = { ...PROTOCOL, decoding: { ...PROTOCOL.decoding, is: decoding } };
  assertEquals(new Map(protocolFacts(never)).get("early stopping"), { is: "none", source: "its_script.sh" });
  assertEquals(protocolText(never).includes("; no early stopping; "), true);
});

Deno.test("protocols stand side by side, and each source once with what it says of whom", () => {
  const { released: _, ...other } = PROTOCOL;
  const table = protocolTable({ one: PROTOCOL, two: { ...other, samples: { is: 11, source: "table 2" } } });
  assertStringIncludes(table, "|  | `one` | `two` |");
  assertStringIncludes(table, "| samples a problem | 7 | 11 |");
  assertStringIncludes(table, "| Pass@k above 1 | not known | not known |");
  assertStringIncludes(
    table,
    "- decoding, early stopping, longest completion, seeds of the samples: its\\_script.sh.",
  );
  assertStringIncludes(table, "- samples a problem (`one`): table 1.");
  assertStringIncludes(table, "- samples a problem (`two`): table 2.");
  assertStringIncludes(table, "- Pass@1, training runs a row: table 1.");
  assertStringIncludes(table, "- Pass@k above 1: not known, it has none.");
  assertStringIncludes(table, "- `one`, which stops at 13.");
});

Deno.test("every rule of Pass@k has a row with its source", () => {
  const table = estimatorTable();
  for (const part of ["`unbiased`", "`first-k`", "`verl-best`", "arXiv:2107.03374", "metric\\_utils.py"]) {
    assertStringIncludes(table, part);
  }
});
