import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { armLooks } from "../../../src/report/palette.ts";
import { trainingSection } from "../../../src/report/sections/curves.ts";
import { summarize } from "../../../src/summary/summary.ts";
import { MADE_UP_ARMS, madeUpResults } from "../made_up_results.ts";
import { all, parse } from "../document.ts";

const captions = (text: unknown) => all(parse(String(text)), "figcaption").map((node) => node.textContent);

Deno.test("training shows every figure that moves with its last values as text, and says what stands still or is absent", () => {
  const results = madeUpResults({ seeds: [1], arms: MADE_UP_ARMS.slice(0, 3) }).map((result) => ({
    ...result,
    training: { ...result.training, curve: result.training.curve.map((point) => ({ ...point, kl: 0, reward: 0.25 })) },
  }));
  const [summary] = summarize(results);
  const text = trainingSection(summary, armLooks(summary.arms), "s");
  assertEquals(captions(text), [
    "Loss · axis by factors of ten on both sides of zero",
    "Gradient norm before clipping · axis by factors of ten",
    "Groups of equal reward, percent",
    "Tokens a completion",
  ]);
  assertStringIncludes(
    String(text),
    "The same in every step of every arm: Mean reward: 0.25; Divergence to the reference (KL), nats: 0. Not measured in " +
      "these runs: Right answers; Pass@1 of the validation subset; ",
  );
});

Deno.test("rewards are drawn where no curve says how many answers were right", () => {
  const results = madeUpResults({ seeds: [1] }).map((result) => ({
    ...result,
    training: {
      ...result.training,
      curve: result.training.curve.map((point) => ({
        ...point,
        correct: 0.31 + point.step / 97,
        reward: 31 + point.step,
      })),
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
  const figure = text.slice(text.indexOf("Gradient norm before clipping")).split("</figure>")[0];
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
