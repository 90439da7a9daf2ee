import { assertEquals } from "@std/assert";
import { deepscaler, deepscalerSoftGrpo } from "../../src/datasets/deepscaler.ts";

Deno.test("rows of the JSON file without an answer are left out", async () => {
  const rows = [{ problem: "p", answer: "\\frac12", solution: "s" }, { problem: "q", answer: "" }];
  assertEquals(await deepscaler.files[0].read(new TextEncoder().encode(JSON.stringify(rows))), [
    { question: "p", answer: "\\frac12" },
  ]);
});

Deno.test("Parquet rows in verl's columns lose the instruction that was appended", async () => {
  // Written by pyarrow, see the generator beside the file.
  const file = Deno.readFileSync(new URL("../golden/datasets/verl_rows.parquet", import.meta.url));
  assertEquals(await deepscalerSoftGrpo.files[0].read(file), [
    { question: "What is 2+3?", answer: "5" },
    { question: "Let $x=7$.\nFind $x^2$.", answer: "49" },
  ]);
});
