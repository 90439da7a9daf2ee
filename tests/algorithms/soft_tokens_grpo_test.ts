import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { SOFT_TOKENS_GRPO_PRESETS, softTokensGrpo } from "../../src/algorithms/soft_tokens_grpo.ts";
import { mixtureSoftness } from "../../src/algorithms/softness.ts";
import { BenchError, UsageError } from "../../src/errors.ts";
import { noiseStream, RandomSequence } from "../../src/random/streams.ts";
import { centralDifferences, logDensityGradient, onRows, writtenNoise } from "./helpers.ts";
import { rmsOfCoordinates } from "../../src/models/embedding_table.ts";

/** The reference vector's table: e = (1,0), (0,1), (1,1). */
const TABLE = Float32Array.of(1, 0, 0, 1, 1, 1);
const D = 2;
/** Logits whose softmax at τ = 0.5 is p = (.5, .3, .2). */
const LOGITS = Float32Array.from([0.5, 0.3, 0.2], (p) => 0.5 * Math.log(p));
const SOFT = onRows(softTokensGrpo(SOFT_TOKENS_GRPO_PRESETS.soft, rmsOfCoordinates(TABLE, D)));

Deno.test("the presets hold what the paper's section 4 states", () => {
  assertEquals<unknown>(SOFT_TOKENS_GRPO_PRESETS, {
    soft: { name: "soft-tokens-grpo", temperature: 0.5, noiseScale: 0.33 },
    fuzzy: { name: "soft-tokens-grpo", temperature: 0.0001, noiseScale: 0.33 },
  });
});

Deno.test("σ is 0.33 of the root mean square of one coordinate", () => {
  assertAlmostEquals(rmsOfCoordinates(TABLE, D), 0.81649658, 1e-8);
  assertAlmostEquals(SOFT.noiseDeviation, 0.26944387, 1e-8);
});

Deno.test("rows that are never fed do not count, and a given σ overrides the table", () => {
  const withPadding = Float32Array.of(1, 0, 9, 9, 0, 1, 1, 1);
  const { noiseDeviation } = softTokensGrpo(SOFT_TOKENS_GRPO_PRESETS.soft, rmsOfCoordinates(withPadding, D, [1]));
  assertAlmostEquals(noiseDeviation, 0.26944387, 1e-8);
  assertEquals(softTokensGrpo({ ...SOFT_TOKENS_GRPO_PRESETS.soft, noiseDeviation: 0.033 }).noiseDeviation, 0.033);
  assertThrows(
    () => softTokensGrpo(SOFT_TOKENS_GRPO_PRESETS.soft),
    UsageError,
    "give the embedding table's coordinateRms",
  );
});

Deno.test("a step feeds the mean embedding plus σ times the noise: the reference vector", () => {
  // h = (.7, .5), h̃ = (.8, .4).
  const noise = writtenNoise({ gaussian: [0.1 / SOFT.noiseDeviation, -0.1 / SOFT.noiseDeviation] });
  const action = SOFT.act({ logits: LOGITS, noise, table: TABLE });
  assertAlmostEquals(action.embedding![0], 0.8, 1e-6);
  assertAlmostEquals(action.embedding![1], 0.4, 1e-6);
  assertEquals(action.input.offset, action.embedding);
  assertEquals(action.input.ids.length, 0);
  assertEquals(action.token, 0);
  assertAlmostEquals(action.drawnLogDensity!, -0.13774105, 1e-7);
  // The difference h̃ - h keeps 32-bit rounding of about 6e-8, divided by σ² = .0726.
  assertAlmostEquals(SOFT.logDensity({ logits: LOGITS, action, table: TABLE }), -0.13774105, 2e-7);
  const gradient = logDensityGradient(SOFT, LOGITS, action, 1, TABLE);
  [1.10192837, -0.99173554, -0.11019284].forEach((value, i) => assertAlmostEquals(gradient[i], value, 3e-6));
});

Deno.test("a step says what its mean mixes, how soft that is, and how large the noise was beside it", () => {
  const noise = writtenNoise({ gaussian: [0.1 / SOFT.noiseDeviation, -0.1 / SOFT.noiseDeviation] });
  const { mixture, softness, noiseShare } = SOFT.act({ logits: LOGITS, noise, table: TABLE });
  assertEquals([...mixture!.ids], [0, 1, 2]);
  [0.5, 0.3, 0.2].forEach((weight, i) => assertAlmostEquals(mixture!.weights[i], weight, 1e-6));
  assertAlmostEquals(softness!.topWeight, 0.5, 1e-6);
  assertEquals(softness!.entries, 3);
  // ‖(.1, -.1)‖ / ‖(.7, .5)‖.
  assertAlmostEquals(noiseShare!, Math.sqrt(0.02 / 0.74), 1e-6);
});

Deno.test("of a wide mixture only entries of weight 1e-4 or more are kept, and softness is that of all of it", () => {
  // At τ = .5: e^-9 = 1.2e-4 stays, e^-9.5 = 7.5e-5 does not.
  const logits = Float32Array.of(-4.75, 0, -4.5);
  const { mixture, softness } = SOFT.act({ logits, noise: writtenNoise({ gaussian: [0, 0] }), table: TABLE });
  assertEquals([...mixture!.ids], [1, 2]);
  const weights = Array.from(logits, (z) => Math.exp(2 * z));
  const expected = mixtureSoftness(weights);
  for (const measure of ["topWeight", "entropy", "divergence", "entries"] as const) {
    assertAlmostEquals(softness![measure], expected[measure], 1e-12);
  }
});

Deno.test("a mean of 0 has no share of noise", () => {
  const zero = new Float32Array(6);
  const soft = onRows(softTokensGrpo({ ...SOFT_TOKENS_GRPO_PRESETS.soft, noiseDeviation: 0.1 }));
  const action = soft.act({ logits: LOGITS, noise: writtenNoise({ gaussian: [1, 2] }), table: zero });
  assertEquals("noiseShare" in action, false);
});

/** V 7, D 11: distinct primes. */
const RANDOM = new RandomSequence("soft grpo");
const WIDTH = 11;
const WIDE = Float32Array.from({ length: 7 * WIDTH }, () => RANDOM.gaussian());
const WIDE_RMS = rmsOfCoordinates(WIDE, WIDTH);
const WIDE_LOGITS = Float32Array.from({ length: 7 }, () => RANDOM.gaussian());
const STREAM = noiseStream({ seed: 3, purpose: "test", dataset: "none", problem: "soft", sample: 0 });

Deno.test("on-policy the log-density is -‖ε‖²/2: mean -D/2, standard deviation √(D/2)", () => {
  const soft = onRows(softTokensGrpo(SOFT_TOKENS_GRPO_PRESETS.soft, WIDE_RMS));
  const draws = 4000;
  let sum = 0;
  for (let t = 0; t < draws; t++) {
    const action = soft.act({ logits: WIDE_LOGITS, noise: STREAM.at(t), table: WIDE });
    const value = soft.logDensity({ logits: WIDE_LOGITS, action, table: WIDE });
    // Rounding of h̃ to 32 bits over σ = .3, for each of 11 coordinates.
    assertAlmostEquals(value, action.drawnLogDensity!, 2e-5);
    sum += value;
  }
  // Four standard errors; the seed is fixed.
  assertAlmostEquals(sum / draws, -11 / 2, 4 * Math.sqrt(11 / 2 / draws));
});

Deno.test("the gradient is that of central differences at both temperatures where it has one", () => {
  for (const temperature of [0.5, 2]) {
    const soft = onRows(softTokensGrpo({ ...SOFT_TOKENS_GRPO_PRESETS.soft, temperature }, WIDE_RMS));
    const action = soft.act({ logits: WIDE_LOGITS, noise: STREAM.at(1), table: WIDE });
    const moved = WIDE_LOGITS.map((z, i) => z + 0.1 * Math.cos(i));
    const gradient = logDensityGradient(soft, moved, action, 1, WIDE);
    const differences = centralDifferences(
      (logits) => soft.logDensity({ logits, action, table: WIDE }),
      moved,
      2 ** -12,
    );
    // Third derivatives are of the order 1/(τ³σ²), about 100 here, times step² = 6e-8.
    differences.forEach((value, i) => assertAlmostEquals(gradient[i], value, 2e-5 * Math.max(1, Math.abs(value))));
  }
});

Deno.test("fuzzy: the mixture is the most probable token's embedding, and a clear choice has no gradient", () => {
  const fuzzy = onRows(softTokensGrpo({ ...SOFT_TOKENS_GRPO_PRESETS.fuzzy, noiseScale: 0 }, WIDE_RMS));
  const action = fuzzy.act({ logits: WIDE_LOGITS, noise: STREAM.at(0), table: WIDE });
  const row = action.token * WIDTH;
  assertEquals([...action.embedding!], [...WIDE.subarray(row, row + WIDTH)]);

  const noisy = onRows(softTokensGrpo(SOFT_TOKENS_GRPO_PRESETS.fuzzy, WIDE_RMS));
  const drawn = noisy.act({ logits: WIDE_LOGITS, noise: STREAM.at(0), table: WIDE });
  // (e - h)·(h̃ - h) is 0 up to 64-bit rounding, divided by τσ² of about 1e-5.
  assertAlmostEquals(Math.hypot(...logDensityGradient(noisy, WIDE_LOGITS, drawn, 1, WIDE)), 0, 1e-9);
});

Deno.test("leaving out invisible entries does not change the embedding that is fed", () => {
  const soft = onRows(softTokensGrpo({ ...SOFT_TOKENS_GRPO_PRESETS.soft, noiseScale: 0 }, WIDE_RMS));
  // At τ = 0.5, 15.1 below the top is a weight of 8e-14: just left out.
  const logits = Float32Array.of(0, -15.1, -1, -15.1, -14, -20, -15.2);
  const fed = soft.act({ logits, noise: STREAM.at(0), table: WIDE }).embedding!;
  const weights = Array.from(logits, (z) => Math.exp(z / 0.5));
  const mass = weights.reduce((sum, weight) => sum + weight, 0);
  for (let j = 0; j < WIDTH; j++) {
    const exact = weights.reduce((sum, weight, i) => sum + weight / mass * WIDE[i * WIDTH + j], 0);
    assert(Math.abs(fed[j] - exact) <= 2 ** -24 * Math.abs(exact) * 1.01);
  }
});

Deno.test("without noise there is no density, and impossible settings are refused", () => {
  const still = onRows(softTokensGrpo({ ...SOFT_TOKENS_GRPO_PRESETS.soft, noiseScale: 0 }, rmsOfCoordinates(TABLE, D)));
  const action = still.act({ logits: LOGITS, noise: writtenNoise({}), table: TABLE });
  assertThrows(() => still.logDensity({ logits: LOGITS, action, table: TABLE }), BenchError, "without noise");
  assertThrows(
    () => onRows(softTokensGrpo({ ...SOFT_TOKENS_GRPO_PRESETS.soft, temperature: 0 }, rmsOfCoordinates(TABLE, D))),
    UsageError,
    "algorithm.temperature: found 0",
  );
  assertThrows(
    () => onRows(softTokensGrpo({ ...SOFT_TOKENS_GRPO_PRESETS.soft, noiseScale: -1 }, rmsOfCoordinates(TABLE, D))),
    UsageError,
    "algorithm.noiseScale: found -1",
  );
});
