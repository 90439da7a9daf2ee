import { assertEquals } from "@std/assert";
import { figureText } from "../../benchmarks/gpu/record.ts";

Deno.test("gpu:check writes counts whole, other figures by three digits, and says what was not measured", () => {
  const figures = [3, 0, 1974.4, 0.43214, 12.05, 1.914e-6, undefined, "same bytes", "a|b"];
  assertEquals(
    figures.map(figureText),
    ["3", "0", "1974", "0.432", "12.1", "1.91e-6", "not measured", "same bytes", "a\\|b"],
  );
});
