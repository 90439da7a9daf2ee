import { assertEquals, assertStringIncludes } from "@std/assert";
import { multiplexDocument } from "../../benchmarks/published/make_document.ts";
import { AS_PRINTED, printedDocument } from "../../src/published/printed_document.ts";

const document = multiplexDocument();

Deno.test("the document says that it is as printed, and gives cells and differences", () => {
  assertStringIncludes(document, AS_PRINTED);
  assertStringIncludes(document, "| discrete RL, discrete | 17.2 | 17.1 | 44.7 | 74.1 | 35.3 | 38.0 |");
  assertStringIncludes(
    document,
    "| Multiplex Thinking, multiplex − discrete RL, discrete | +3.4 | +2.6 | +6.0 | +3.9 | +3.3 | +3.7 |",
  );
  // What is not at hand is no zero.
  assertStringIncludes(document, "| base, stochastic soft thinking | 20.3 | – | – | 76.5 | – | – |");
});

Deno.test("the document bounds what the means leave open, and tells how rows were evaluated", () => {
  // √(.206 · .794 / 29) and √(.206 · .794 / (30 · 63)).
  assertStringIncludes(document, "aime2024 20.6 ± up to 7.5 / 0.9");
  assertStringIncludes(document, "thinking ends after 256 positions with an entropy below 0.1 nats");
  assertStringIncludes(document, "`multiplex-release`");
});

Deno.test("a table without known samples or models has neither bounds nor differences", () => {
  const arm = { training: "x", decoding: "y" };
  const text = printedDocument({
    title: "T",
    table: { source: "S", passAt: [1, 3], rows: [{ ...arm, datasets: { own: [1.25, 2] } }] },
    file: "f.json",
    arm,
    references: [{ training: "z", decoding: "y" }],
    protocols: ["lepo"],
    command: "make",
  });
  assertStringIncludes(text, "| Pass@3, as printed | own |");
  assertEquals(text.includes("up to"), false);
  assertEquals(text.includes(" − "), false);
});
