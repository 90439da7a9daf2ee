import { assertEquals } from "@std/assert";
import { armLooks, legend } from "../../src/report/palette.ts";
import { summarize } from "../../src/summary/summary.ts";
import { madeUpResults } from "./made_up_results.ts";
import { all, parse } from "./document.ts";

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

Deno.test("the legend names every arm", () => {
  const items = all(parse(String(legend(armLooks(arms)))), "li").map((node) => node.textContent.trim());
  assertEquals(items, arms.map(({ label }) => label));
});
