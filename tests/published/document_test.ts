import { assertEquals, assertStringIncludes } from "@std/assert";
import { DOCUMENTS, softGrpoDocument } from "../../benchmarks/published/make_document.ts";

const document = softGrpoDocument();

for (const [file, made] of Object.entries(DOCUMENTS)) {
  Deno.test(`benchmarks/published/${file} is what the data give (deno task published writes it)`, () => {
    assertEquals(Deno.readTextFileSync(new URL(`../../benchmarks/published/${file}`, import.meta.url)), made());
  });
}

Deno.test("the document says what the counts say", () => {
  // AIME 2024 of GRPO: .0740 with errors .0351 and .0059, computed apart from this code.
  assertStringIncludes(document, "| GRPO, discrete | 7.40 ±3.5 / ±0.6 |");
  assertStringIncludes(document, "base, discrete 58.06 > GRPO, soft 57.28 > SofT-GRPO, soft 57.06");
  assertStringIncludes(document, "| base, discrete | aime2025 @32 | 1.0 | 10.00 |");
  assertStringIncludes(document, "worse in Pass@1 on gsm8k against GRPO, discrete (−2.0)");
});

Deno.test("the document sets the rules side by side, and says how each row was evaluated", () => {
  // Printed, logged by the first k, unbiased and by the bootstrap; the last from exact rationals, apart from this code.
  assertStringIncludes(document, "| Pass@32 | GRPO, discrete | 55.32 | 55.32 | 55.32 | 53.09 |");
  assertStringIncludes(document, "In the average Pass@32 the order of rows depends on the rule");
  assertStringIncludes(document, "| decoding | tokens, T 0.6, top-k 30, top-p 0.95 of all |");
});
