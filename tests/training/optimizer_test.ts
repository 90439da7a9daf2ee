import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import {
  adamW,
  type AdamWParameter,
  clipFactor,
  globalNorm,
  learningRate,
  type LearningRateSchedule,
} from "../../src/training/optimizer.ts";
import golden from "../golden/training/optimizer.json" with { type: "json" };

function parameter(values: number[]): AdamWParameter {
  const zeros = () => new Float32Array(values.length);
  return { weights: Float32Array.from(values), gradient: zeros(), first: zeros(), second: zeros() };
}

/** The generator's gradients. */
function fillGradient(gradient: Float32Array, step: number, phase: number): void {
  for (let i = 0; i < gradient.length; i++) {
    gradient[i] = Math.sin(1.7 * i + 0.9 * step + phase) * 10 ** (i % 3 - 1);
  }
}

for (const [name, run] of Object.entries(golden.runs)) {
  Deno.test(`seven AdamW steps agree with PyTorch: ${name}`, () => {
    const a = parameter([0, 1, 2, 3, 4].map(Math.cos));
    const b = parameter([0, 1, 2].map(Math.sin));
    for (let step = 1; step <= golden.steps; step++) {
      fillGradient(a.gradient, step, 0);
      fillGradient(b.gradient, step, 2);
      const norm = globalNorm([a.gradient, b.gradient]);
      assertAlmostEquals(norm, run.norms[step - 1], 1e-6 * norm);
      const options = {
        learningRate: run.lr,
        beta1: run.betas[0],
        beta2: run.betas[1],
        epsilon: run.eps,
        weightDecay: run.weight_decay,
        maxGradientNorm: run.clip ?? Infinity,
        step,
      };
      const factor = clipFactor(norm, options.maxGradientNorm);
      for (const each of [a, b]) adamW(each, options, factor);
    }
    // Weights and moments of 32 bits, seven steps of rates up to 0.03: a few roundings of 6e-8 each.
    run.a.forEach((value, i) => assertAlmostEquals(a.weights[i], value, 5e-7));
    run.b.forEach((value, i) => assertAlmostEquals(b.weights[i], value, 5e-7));
  });
}

Deno.test("clipping scales down to the largest norm, and leaves smaller gradients alone", () => {
  assertAlmostEquals(clipFactor(4, 1), 1 / 4, 1e-6);
  assertEquals(clipFactor(0.5, 1), 1);
  assertEquals(clipFactor(1e9, Infinity), 1);
});

Deno.test("warm-up rises linearly to the peak, then the rate stays", () => {
  const schedule: LearningRateSchedule = { peak: 8, warmUp: 4, decay: { kind: "constant" } };
  assertEquals([1, 2, 3, 4, 5, 99].map((step) => learningRate({ schedule }, step, 100)), [2, 4, 6, 8, 8, 8]);
  assertEquals(learningRate({ schedule: { ...schedule, warmUp: 0 } }, 1, 100), 8);
});

Deno.test("the cosine goes from the peak to its floor at the last update", () => {
  const schedule: LearningRateSchedule = { peak: 1, warmUp: 0, decay: { kind: "cosine", floor: 0.1 } };
  assertEquals(learningRate({ schedule }, 1, 101), 1);
  assertAlmostEquals(learningRate({ schedule }, 51, 101), 0.55, 1e-12);
  assertAlmostEquals(learningRate({ schedule }, 101, 101), 0.1, 1e-12);
});

Deno.test("the cosine begins where the warm-up ends", () => {
  const schedule: LearningRateSchedule = { peak: 1, warmUp: 20, decay: { kind: "cosine", floor: 0 } };
  assertAlmostEquals(learningRate({ schedule }, 19, 100), 0.95, 1e-12);
  assertEquals(learningRate({ schedule }, 20, 100), 1);
  assertAlmostEquals(learningRate({ schedule }, 60, 100), 0.5, 1e-12);
  assertAlmostEquals(learningRate({ schedule }, 100, 100), 0, 1e-12);
  // Fewer updates than warm-up: it only rises.
  assertAlmostEquals(learningRate({ schedule }, 5, 5), 0.25, 1e-12);
});

Deno.test("impossible schedules are refused", () => {
  const schedule: LearningRateSchedule = { peak: 1, warmUp: 0, decay: { kind: "constant" } };
  assertThrows(() => learningRate({ schedule: { ...schedule, peak: 0 } }, 1, 2), UsageError, "rate 0");
  assertThrows(() => learningRate({ schedule: { ...schedule, warmUp: 1.5 } }, 1, 2), UsageError, "1.5 updates");
});
