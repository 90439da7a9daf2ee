import { assertEquals, assertStringIncludes } from "@std/assert";
import { softGrpoDocument } from "../../benchmarks/published/make_document.ts";

const document = softGrpoDocument();

Deno.test("benchmarks/published/README.md is what the counts give (deno task published writes it)", () => {
  assertEquals(Deno.readTextFileSync(new URL("../../benchmarks/published/README.md", import.meta.url)), document);
});

Deno.test("the document says what the counts say", () => {
  // AIME 2024 of GRPO: .0740 with errors .0351 and .0059, computed apart from this code.
  assertStringIncludes(document, "| GRPO, discrete | 7.40 ±3.5 / ±0.6 |");
  assertStringIncludes(document, "base, discrete 58.06 > GRPO, soft 57.28 > SofT-GRPO, soft 57.06");
  assertStringIncludes(document, "| base, discrete | aime2025 @32 | 1.0 | 10.00 |");
  assertStringIncludes(document, "worse in Pass@1 on gsm8k against GRPO, discrete (−2.0)");
});
