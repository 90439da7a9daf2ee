import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { ModelConfig, RopeScaling } from "../../src/models/model_config.ts";
import { rotaryFrequencies, rotaryScale, rotaryTables } from "../../src/models/rope.ts";

const frequencies = (ropeScaling?: RopeScaling) =>
  rotaryFrequencies({ headSize: 6, ropeTheta: 1000, ...(ropeScaling && { ropeScaling }) } as ModelConfig);

Deno.test("frequencies are θ^(-2i/d), divided by a linear factor", () => {
  for (const [i, expected] of [1, 0.1, 0.01].entries()) {
    assertAlmostEquals(frequencies()[i], expected, 1e-15);
    assertAlmostEquals(frequencies({ kind: "linear", factor: 4 })[i], expected / 4, 1e-15);
  }
});

Deno.test("llama3 keeps quick waves, stretches slow ones and blends those between", () => {
  // Turns over 100 positions: 15.9, 1.59, 0.159. Kept above 4, divided by 8 below 1, in between (1.59 - 1)/3 kept.
  const scaled = frequencies({
    kind: "llama3",
    factor: 8,
    lowFrequencyFactor: 1,
    highFrequencyFactor: 4,
    originalMaxPositions: 100,
  });
  const kept = (100 * 0.1 / (2 * Math.PI) - 1) / 3;
  assertAlmostEquals(scaled[0], 1, 1e-15);
  assertAlmostEquals(scaled[1], 0.1 * kept + 0.1 / 8 * (1 - kept), 1e-15);
  assertAlmostEquals(scaled[2], 0.01 / 8, 1e-15);
});

Deno.test("YaRN keeps the first pairs, divides the last, blends between, and sharpens attention", () => {
  const scaling = { kind: "yarn", factor: 4, low: 0, high: 2, attentionFactor: 1.5 } as const;
  const scaled = frequencies(scaling);
  for (const [i, expected] of [1, 0.1 * (1 + 1 / 4) / 2, 0.01 / 4].entries()) {
    assertAlmostEquals(scaled[i], expected, 1e-15);
  }
  const { cos, sin } = rotaryTables(scaled, [0, 3], rotaryScale({ ropeScaling: scaling } as unknown as ModelConfig));
  assertEquals([cos[0], sin[0], cos[6], sin[9]], [1.5, 0, 1.5 * Math.cos(3), 1.5 * Math.sin(3)].map(Math.fround));
});

Deno.test("LongRoPE divides each pair by its own number; a part of a head has its own wavelengths", () => {
  const scaled = frequencies({ kind: "longrope", divisors: [1, 2, 8], attentionFactor: 1.25 });
  for (const [i, expected] of [1, 0.05, 0.00125].entries()) assertAlmostEquals(scaled[i], expected, 1e-15);
  const part = rotaryFrequencies({ headSize: 6, ropeTheta: 1000, rotarySize: 4 } as ModelConfig);
  assertEquals(part.length, 2);
  assertAlmostEquals(part[1], 1000 ** -0.5, 1e-15);
});

Deno.test("both halves of a head turn by the same angles", () => {
  const { cos, sin } = rotaryTables(frequencies(), [0, 3]);
  assertEquals([...cos.subarray(0, 6)], [1, 1, 1, 1, 1, 1]);
  assertEquals([...sin.subarray(6)], [3, 0.3, 0.03, 3, 0.3, 0.03].map((angle) => Math.fround(Math.sin(angle))));
});
