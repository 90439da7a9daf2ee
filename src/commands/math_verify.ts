/**
 * Math-Verify, asked through Python where that has it.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import type { Pair } from "./pairs.ts";

/** Reads pairs from standard input and writes true or false for each, as its README shows it: gold first. */
const SCRIPT = `
import json, sys
from math_verify import parse, verify
def marked(text):
    return text if "$" in text or "\\\\boxed" in text or "\\\\(" in text else "$" + text + "$"
for line in sys.stdin:
    pair = json.loads(line)
    try:
        print(json.dumps(bool(verify(parse(marked(pair["gold"])), parse(pair["pred"])))), flush=True)
    except Exception:
        print("false", flush=True)
`;

/**
 * Math-Verify's verdicts.
 *
 * @param python the program to run
 * @throws {BenchError} If Python or the package is not there, or fails
 */
export async function mathVerifyVerdicts(pairs: readonly Pair[], python = "python3"): Promise<boolean[]> {
  let output: { success: boolean; stdout: string; stderr: string };
  try {
    output = await runPython(python, pairs.map(({ gold, pred }) => JSON.stringify({ gold, pred })).join("\n"));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new BenchError(`Cannot ask Math-Verify: found no ${python}, expected Python 3 with the package math-verify`);
  }
  const verdicts = output.stdout.trim().split("\n").filter((line) => line !== "").map((line) => line === "true");
  if (output.success && verdicts.length === pairs.length) return verdicts;
  const last = output.stderr.trim().split("\n").at(-1) ?? "";
  throw new BenchError(
    `Cannot ask Math-Verify: ${python} said ${JSON.stringify(last)}, expected ${pairs.length} verdicts; ` +
      "install it by pip install math-verify",
  );
}

async function runPython(python: string, input: string) {
  const child = new Deno.Command(python, {
    args: ["-c", SCRIPT],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // Written while the output is read, because a pipe holds only so much. A program that fails early reads no more.
  const written = new Blob([`${input}\n`]).stream().pipeTo(child.stdin).catch(() => {});
  const { success, stdout, stderr } = await child.output();
  await written;
  return { success, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}
