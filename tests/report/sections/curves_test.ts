import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { armLooks } from "../../../src/report/palette.ts";
import { passAtKSection, trainingSection } from "../../../src/report/sections/curves.ts";
import { summarize } from "../../../src/summary/summary.ts";
import { MADE_UP_ARMS, madeUpResults } from "../made_up_results.ts";
import { all, parse } from "../document.ts";

const captions = (text: unknown) => all(parse(String(text)), "figcaption").map((node) => node.textContent);

Deno.test("there is a figure of Pass@k a dataset, and none for a single sample", () => {
  const [summary] = summarize(madeUpResults({ seeds: [1] }));
  const looks = armLooks(summary.arms);
  assertEquals(captions(passAtKSection(summary, looks, "s")).length, 5);
  const [single] = summarize(madeUpResults({ samples: 1, seeds: [1] }));
  assertEquals(passAtKSection(single, looks, "s"), undefined);
});

Deno.test("training shows every figure that is not zero throughout, and its last values as text", () => {
  const results = madeUpResults({ seeds: [1], arms: MADE_UP_ARMS.slice(0, 3) }).map((result) => ({
    ...result,
    training: { ...result.training, curve: result.training.curve.map((point) => ({ ...point, kl: 0, reward: 0.25 })) },
  }));
  const [summary] = summarize(results);
  const text = trainingSection(summary, armLooks(summary.arms), "s");
  assertEquals(captions(text), [
    "Mean reward, percent",
    "Tokens a completion",
    "Groups of equal reward, percent",
    "Gradient norm before clipping",
  ]);
  assertStringIncludes(String(text), "At the last step: discrete-grpo 0.25.");
});

Deno.test("rewards are drawn where no curve says how many answers were right", () => {
  const results = madeUpResults({ seeds: [1] }).map((result) => ({
    ...result,
    training: {
      ...result.training,
      curve: result.training.curve.map((point) => ({ ...point, correct: 0.31, reward: 31 })),
    },
  }));
  const [summary] = summarize(results);
  assertEquals(captions(trainingSection(summary, armLooks(summary.arms), "s"))[0], "Right answers, percent");
  assert(!captions(trainingSection(summary, armLooks(summary.arms), "s")).includes("Mean reward, percent"));
});

Deno.test("the mean over seeds is over steps in which all seeds have the figure", () => {
  const [discrete] = MADE_UP_ARMS.slice(2, 3);
  const results = madeUpResults({ seeds: [1, 2], steps: 7, arms: [discrete] }).map((result, seed) => ({
    ...result,
    training: {
      ...result.training,
      curve: result.training.curve.map((point) => {
        const { gradientNorm: _, ...rest } = point;
        return seed === 1 && [2, 7].includes(point.step) ? rest : { ...rest, gradientNorm: point.step };
      }),
    },
  }));
  const [summary] = summarize(results);
  const text = String(trainingSection(summary, armLooks(summary.arms), "s"));
  const figure = text.slice(text.indexOf("Gradient norm before clipping"));
  const paths = [...figure.matchAll(/ d="M([^"]*)"/g)].map(([, path]) => path.split("L"));
  const [first, second, center] = paths.slice(-3);
  assertEquals([first.length, second.length, center.length], [7, 5, 5]);
  // Both seeds have the step as their norm, and so has their mean.
  assertEquals(center, second);
});

Deno.test("a long curve is thinned, and ends where it ended", () => {
  const [summary] = summarize(madeUpResults({ seeds: [1], steps: 1009, arms: MADE_UP_ARMS.slice(2, 3) }));
  const text = String(trainingSection(summary, armLooks(summary.arms), "s"));
  const longest = Math.max(...[...text.matchAll(/ d="(M[^"]*)"/g)].map(([, path]) => path.split("L").length));
  assert(longest > 100 && longest <= 151, String(longest));
});

Deno.test("without training there is no section", () => {
  const [summary] = summarize(madeUpResults({ seeds: [1], arms: MADE_UP_ARMS.slice(0, 2) }));
  assertEquals(trainingSection(summary, armLooks(summary.arms), "s"), undefined);
});
