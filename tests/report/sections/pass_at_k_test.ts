import { assertEquals, assertStringIncludes } from "@std/assert";
import { armLooks } from "../../../src/report/palette.ts";
import { passAtKSection } from "../../../src/report/sections/pass_at_k.ts";
import { summarize } from "../../../src/summary/summary.ts";
import { attributedResults } from "../../summary/attributed.ts";
import { all, parse } from "../document.ts";
import { madeUpResults } from "../made_up_results.ts";

const captions = (text: unknown) => all(parse(String(text)), "figcaption").map((node) => node.textContent);

Deno.test("there is a figure of the mean and one a dataset, and none for a single sample", () => {
  const [summary] = summarize(madeUpResults({ seeds: [1] }));
  const looks = armLooks(summary.arms);
  assertEquals(captions(passAtKSection(summary, looks, "s")), [
    "Mean over 5 datasets",
    ...["add", "sub", "twomul", "prod", "prod3"],
  ]);
  const [single] = summarize(madeUpResults({ samples: 1, seeds: [1] }));
  assertEquals(passAtKSection(single, looks, "s"), undefined);
});

Deno.test("with a matched decoding its rows stand first, with bands, and all rows below without", () => {
  const [summary] = summarize(attributedResults({ problems: 3, samples: 4 }));
  const document = parse(String(passAtKSection(summary, armLooks(summary.arms), "s")));
  const [first] = all(document, "figure");
  const names = all(first, "text").map((node) => node.textContent).filter((text) => /[a-z]{3}/.test(text));
  assertEquals(names.filter((name) => name !== "k, samples").toSorted(), [
    "discrete-grpo",
    "lepo",
    "soft-thinking-grpo",
    "soft-thinking-grpo-hard",
    "soft-thinking-grpo-release",
    "soft-tokens-grpo",
    "untrained",
  ]);
  const bands = (node: typeof first) => all(node, "[fill-opacity]").length;
  const [folded] = all(document, "details figure");
  assertEquals([bands(first), bands(folded)], [7, 0]);
  assertStringIncludes(folded.textContent, "base.soft-thinking-noiseless");
});
