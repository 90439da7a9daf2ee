import { assertEquals, assertRejects } from "@std/assert";
import { mathVerifyVerdicts } from "../../src/commands/math_verify.ts";
import { BenchError } from "../../src/errors.ts";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const PAIRS = [
  { gold: "\\frac{1}{2}", pred: "so \\boxed{0.5}" },
  { gold: "5", pred: "\\boxed{6}" },
];
/** The environment that benchmarks/peers/grading_peer.ts makes, where it is there. */
const python = fileURLToPath(new URL("../../.cache/peers/math-verify/bin/python", import.meta.url));
const ignore = !existsSync(python);

Deno.test("Math-Verify's verdicts come in the order of the pairs", { ignore }, async () => {
  assertEquals(await mathVerifyVerdicts(PAIRS, python), [true, false]);
});

Deno.test("a program that is not there, or not Python with the package, is an error that says what to do", async () => {
  await assertRejects(() => mathVerifyVerdicts(PAIRS, "no-such-python"), BenchError, "found no no-such-python");
});
