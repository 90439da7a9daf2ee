import { assertAlmostEquals } from "@std/assert";
import { digamma, logGamma } from "../../src/algorithms/special_functions.ts";

/** `torch.lgamma` and `torch.digamma` in float64, torch 2.15. */
const REFERENCE = [
  [0.001, 6.907178885383853, -1000.5755719318104],
  [0.05, 2.9688792010517306, -20.49784499129987],
  [0.5833, 0.42447714087101424, -1.6027710191039486],
  [1, 0.0, -0.5772156649015328],
  [2.5, 0.2846828704729192, 0.7031566406452431],
  [9.99, 12.779315214350193, 2.2507003728312007],
  [17.3, 31.51562417817529, 2.821526423539867],
  [250.0, 1128.5237708729908, 5.519459584531046],
];

Deno.test("logGamma and digamma agree with PyTorch from 0.001 to 250", () => {
  for (const [x, logarithm, derivative] of REFERENCE) {
    assertAlmostEquals(logGamma(x), logarithm, 1e-13 * Math.max(1, Math.abs(logarithm)));
    assertAlmostEquals(digamma(x), derivative, 1e-13 * Math.max(1, Math.abs(derivative)));
  }
});

Deno.test("logGamma of integers is the logarithm of a factorial", () => {
  assertAlmostEquals(logGamma(1), 0, 1e-13);
  assertAlmostEquals(logGamma(2), 0, 1e-13);
  assertAlmostEquals(logGamma(7), Math.log(720), 1e-13);
});
