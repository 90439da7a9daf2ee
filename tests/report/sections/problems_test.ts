import { assertEquals, assertStringIncludes } from "@std/assert";
import { armLooks } from "../../../src/report/palette.ts";
import { problemSection } from "../../../src/report/sections/problems.ts";
import { summarize } from "../../../src/summary/summary.ts";
import { MADE_UP_ARMS, madeUpResults } from "../made_up_results.ts";
import { all, parse } from "../document.ts";

Deno.test("there is a map a dataset, and a cloud of dots for each trained arm and reference", () => {
  const [summary] = summarize(madeUpResults({ seeds: [1], arms: MADE_UP_ARMS.slice(0, 4) }));
  const document = parse(String(problemSection(summary, armLooks(summary.arms), "s")));
  const captions = all(document, "figcaption").map((node) => node.textContent);
  assertEquals(captions, [
    ...["add", "sub", "twomul", "prod", "prod3"],
    "discrete-grpo against base-discrete",
    "soft-tokens-grpo against base-discrete",
    "soft-tokens-grpo against discrete-grpo",
  ]);
});

Deno.test("the description of a cloud counts the problems on either side", () => {
  const [summary] = summarize(madeUpResults({ seeds: [1], arms: MADE_UP_ARMS.slice(0, 3) }));
  const [base, trained] = ["base-discrete", "discrete-grpo"].map((label) =>
    summary.arms.find((arm) => arm.label === label)!.values.get("Pass@1")!.flatMap(([problems]) => problems)
  );
  const above = trained.filter((share, i) => share > base[i]).length;
  const below = trained.filter((share, i) => share < base[i]).length;
  const text = String(problemSection(summary, armLooks(summary.arms), "s"));
  assertStringIncludes(text, `Of 35 problems, ${above} are solved more often by discrete-grpo, ${below} less often.`);
});
