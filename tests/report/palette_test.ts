import { assertEquals } from "@std/assert";
import { armLooks } from "../../src/report/palette.ts";
import { summarize } from "../../src/summary/summary.ts";
import { madeUpResults } from "./made_up_results.ts";

const [{ arms }] = summarize(madeUpResults({ seeds: [1] }));

Deno.test("trained arms are whole lines in colours of their own, untrained ones dashed and grey", () => {
  const looks = armLooks(arms);
  assertEquals(looks.map(({ dash }) => dash === "none"), arms.map(({ trained }) => trained));
  assertEquals(looks.map(({ colour }) => colour), [
    "var(--base-0)",
    "var(--base-1)",
    "var(--arm-0)",
    "var(--arm-1)",
    "var(--arm-2)",
    "var(--arm-3)",
  ]);
});
