import { assertAlmostEquals, assertEquals } from "@std/assert";
import { pairedDifference } from "../../src/metrics/paired.ts";
import { passAtK } from "../../src/metrics/pass_at_k.ts";
import {
  detectableDifference,
  differenceNoise,
  lossFound,
  predictedErrors,
  sizeNeeded,
} from "../../src/metrics/power.ts";
import { RandomSequence } from "../../src/random/streams.ts";
import type { ProblemCounts } from "../../src/metrics/types.ts";

function sampled(random: RandomSequence, chances: readonly number[], n: number): ProblemCounts[] {
  return chances.map((chance, i) => {
    let c = 0;
    for (let sample = 0; sample < n; sample++) if (random.uniform() < chance) c++;
    return { id: `${i}`, n, c };
  });
}

Deno.test("the detectable difference is the sum of both quantiles times the error", () => {
  // Normal quantiles 1.959964 and .841621.
  const large = { standardError: 0.01, degrees: Infinity };
  assertAlmostEquals(detectableDifference(large, { falseAlarm: 0.025 }), 0.0280159, 1e-6);
});

Deno.test("a difference of the detectable size is found four times in five", () => {
  const random = new RandomSequence("power test");
  const chances = Array.from({ length: 101 }, () => 0.2 + 0.5 * random.uniform());
  const n = 8;
  const noise = differenceNoise(sampled(random, chances, n), sampled(random, chances, n));
  const size = { problems: chances.length, samples: n, seeds: 1 };
  const loss = lossFound(predictedErrors(noise, size), { tests: 1, power: 0.8 });
  const runs = 200;
  let found = 0;
  for (let run = 0; run < runs; run++) {
    const before = sampled(random, chances, n);
    const after = sampled(random, chances.map((chance) => chance - loss), n);
    const differences = after.map((own, i) => passAtK(n, own.c, 1) - passAtK(n, before[i].c, 1));
    if (pairedDifference([differences], `run ${run}`, 999).pWorse < 0.025) found++;
  }
  // .8 with a simulation error of .03, and a noise that was itself estimated.
  assertEquals(found / runs > 0.65 && found / runs < 0.93, true, `${found} of ${runs}`);
});

Deno.test("noise splits into true differences and sampling", () => {
  const random = new RandomSequence("noise test");
  const [before, after] = [0, 0.3].map((shift) => Array.from({ length: 1009 }, (_, i) => 0.3 + (i % 2) * shift));
  const noise = differenceNoise(sampled(random, before, 16), sampled(random, after, 16));
  // True differences are 0 and .3 in turn: variance .0225. One sample a side: .21 + (.21 + .24)/2.
  assertAlmostEquals(noise.effect, 0.0225, 0.003);
  assertAlmostEquals(noise.sampling, 0.435, 0.01);
});

Deno.test("problems that are always right or wrong do not make an experiment free of noise", () => {
  const certain = [0, 8, 8, 0].map((c, i) => ({ id: `${i}`, n: 8, c }));
  // One half of nine samples may have gone the other way, on both sides.
  assertAlmostEquals(differenceNoise(certain, certain).sampling, 2 * (0.5 / 9) * (8.5 / 9), 1e-12);
});

Deno.test("the size needed is the least that suffices, and undefined where none does", () => {
  const noise = { effect: 0.01, sampling: 0.4, seeds: 0 };
  const size = { problems: 40, samples: 8, seeds: 1 };
  const strength = { tests: 1, power: 0.8 };
  const seen = (problems: number) => lossFound(predictedErrors(noise, { ...size, problems }), strength);
  const problems = sizeNeeded("problems", noise, size, 0.05, strength)!;
  assertEquals(seen(problems) <= 0.05 && seen(problems - 1) > 0.05, true);
  // Without sampling noise 40 problems still see no less than 2.8 × .1 / √40.
  assertEquals(sizeNeeded("samples", noise, size, 0.04, strength), undefined);
});

Deno.test("sampling that explains more than all differences leaves no true ones", () => {
  const halves = [2, 4, 6].map((c, i) => ({ id: `${i}`, n: 8, c }));
  // Equal counts on both sides: the differences are all 0, the sampling of both sides is not.
  assertEquals(differenceNoise(halves, halves).effect, 0);
});

Deno.test("nobody draws more than 2^24 samples", () => {
  const strength = { tests: 1, power: 0.8 };
  const size = { problems: 41, samples: 8, seeds: 1 };
  const perError = detectableDifference({ standardError: 1, degrees: 40 }, { falseAlarm: 0.025 });
  // The error √(sampling / (41 n)) is small enough from n = (perError / difference)² · sampling / 41 on.
  const sampling = (needed: number) => needed * 41 * (0.01 / perError) ** 2;
  const needed = (least: number) =>
    sizeNeeded("samples", { effect: 0, sampling: sampling(least), seeds: 0 }, size, 0.01, strength);
  assertAlmostEquals(needed(0.99 * 2 ** 24)!, 0.99 * 2 ** 24, 2);
  assertEquals(needed(1.01 * 2 ** 24), undefined);
});

Deno.test("tests share the level, and the spread of seeds adds to it in squares", () => {
  const problems = { standardError: 0.03, degrees: 61 };
  const seeds = { standardError: 0.04, degrees: 2 };
  const alone = lossFound({ problems }, { tests: 5, power: 0.7 });
  assertAlmostEquals(alone, detectableDifference(problems, { falseAlarm: 0.005, power: 0.7 }), 1e-12);
  // (4.302653 + .617213) · .04 of three seeds, at 2.5 % whatever the tests.
  const both = lossFound({ problems, seeds }, { tests: 5, power: 0.7 });
  assertAlmostEquals(both, Math.hypot(alone, 0.1967946), 1e-6);
});

Deno.test("the strictness of a size follows the degrees of freedom that it has", () => {
  const strict = { tests: 1, power: 0.8 };
  // Seeds alone vary: with S of them the error is .02/√S at S - 1 degrees; t is 12.706 + 1.376, 4.303 + 1.061,
  // 3.182 + .978, 2.776 + .941 for 2, 3, 4, 5 seeds, so that .1992, .0619, .0416, .0332 are visible.
  const seeds = { effect: 0, sampling: 0, seeds: 0.0004 };
  const size = { problems: 100, samples: 32, seeds: 3 };
  for (const [difference, least] of [[0.2, 2], [0.062, 3], [0.0417, 4], [0.0333, 5]]) {
    assertEquals(sizeNeeded("seeds", seeds, size, difference, strict), least, `${difference}`);
  }
  // Without a spread of seeds they only average samples, at the degrees of the problems: (1.9842 + .8452) · √(.04/(100 S)).
  const sampling = { effect: 0, sampling: 1.28, seeds: 0 };
  assertEquals(sizeNeeded("seeds", sampling, size, 0.0283, strict), 4);
  // Problems: 2 have one degree: (12.706 + 1.376) · √(.0032/2) = .5633; 3 have two: 5.364 · √(.0032/3) = .1752.
  const effect = { effect: 0.0032, sampling: 0, seeds: 0 };
  assertEquals(sizeNeeded("problems", effect, size, 0.564, strict), 2);
  assertEquals(sizeNeeded("problems", effect, size, 0.1753, strict), 3);
});

Deno.test("one sample is enough where one shows the difference", () => {
  const strict = { tests: 1, power: 0.8 };
  const size = { problems: 101, samples: 32, seeds: 1 };
  // (1.9840 + .8452) · √(.0101/101) = .028292.
  const noise = { effect: 0, sampling: 0.0101, seeds: 0 };
  assertEquals(sizeNeeded("samples", noise, size, 0.0283, strict), 1);
  assertEquals(sizeNeeded("samples", noise, size, 0.0282, strict), 2);
});
