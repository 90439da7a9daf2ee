import { assertAlmostEquals, assertEquals } from "@std/assert";
import { adamW, type AdamWParameter, clipFactor } from "../../src/models/adamw.ts";
import golden from "../golden/training/optimizer.json" with { type: "json" };

function parameter(values: number[]): AdamWParameter {
  const zeros = () => new Float32Array(values.length);
  return { weights: Float32Array.from(values), gradient: zeros(), first: zeros(), second: zeros() };
}

function globalNorm(gradients: Float32Array[]): number {
  return Math.sqrt(gradients.reduce((sum, gradient) => sum + gradient.reduce((square, g) => square + g * g, 0), 0));
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
