/**
 * Our grader beside Math-Verify on the labelled cases of the tests, same pairs, same machine:
 * `deno run -A benchmarks/peers/grading_peer.ts [--venv DIR] [--disagreements]`.
 *
 * The folder of the Python environment is made where it is absent, with pinned packages.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { grade } from "../../src/grading/grade.ts";
import { gradeReleaseString } from "../../src/grading/release_string.ts";
import type { Case } from "../../tests/grading/cases/case.ts";
import * as collections from "../../tests/grading/cases/collections.ts";
import * as completions from "../../tests/grading/cases/completions.ts";
import * as expressions from "../../tests/grading/cases/expressions.ts";
import * as numbers from "../../tests/grading/cases/numbers.ts";
import * as variants from "../../tests/grading/cases/variants.ts";
import * as words from "../../tests/grading/cases/words.ts";
import { fileURLToPath } from "node:url";

const PACKAGES = ["math-verify[antlr4_13_2]==0.9.0", "sympy==1.14.0"];
/** Passes over the cases, of which the fastest time of each pair counts: the first compiles the code. */
const PASSES = 3;

interface Measured {
  readonly equal: boolean;
  readonly microseconds: number;
}

const { values } = parseArgs({
  options: { venv: { type: "string", default: ".cache/peers/math-verify" }, disagreements: { type: "boolean" } },
});
const cases: readonly Case[] = [numbers, expressions, collections, variants, words, completions]
  .flatMap((tables) => Object.values(tables) as (readonly Case[])[]).flat();

const rows: [name: string, measured: readonly Measured[]][] = [
  ["symbolic (ours)", measure((gold, prediction) => grade(prediction, gold).equal)],
  ["release-string", measure((gold, prediction) => gradeReleaseString(`\\boxed{${prediction}}`, gold).equal)],
  ["Math-Verify 0.9.0", await measurePeer(values.venv)],
];
console.log(`${cases.length} labelled pairs`);
console.log("grader             agree    false +  false -  median µs  p99 µs");
for (const [name, measured] of rows) console.log(summary(name, measured));
if (values.disagreements) {
  for (const [name, measured] of rows) {
    for (const [i, [gold, prediction, equal]] of cases.entries()) {
      if (measured[i].equal !== equal) console.log(JSON.stringify({ grader: name, gold, prediction, equal }));
    }
  }
}

function measure(equal: (gold: string, prediction: string) => boolean): Measured[] {
  const pass = () =>
    cases.map(([gold, prediction]) => {
      const started = performance.now();
      const verdict = equal(gold, prediction);
      return { equal: verdict, microseconds: (performance.now() - started) * 1000 };
    });
  const passes = Array.from({ length: PASSES }, pass);
  return passes[0].map(({ equal }, i) => ({
    equal,
    microseconds: Math.min(...passes.map((it) => it[i].microseconds)),
  }));
}

async function measurePeer(venv: string): Promise<Measured[]> {
  const python = `${venv}/bin/python`;
  try {
    Deno.statSync(python);
  } catch {
    await run("python3", ["-m", "venv", venv]);
    await run(python, ["-m", "pip", "install", "--quiet", ...PACKAGES]);
  }
  const input = cases.map(([gold, pred]) => `${JSON.stringify({ gold, pred })}\n`).join("");
  const output = await run(python, [fileURLToPath(new URL("grading_peer.py", import.meta.url))], input);
  return output.trim().split("\n").map((line) => JSON.parse(line));
}

async function run(program: string, args: readonly string[], input = ""): Promise<string> {
  const child = new Deno.Command(program, { args: [...args], stdin: "piped", stdout: "piped", stderr: "null" }).spawn();
  const writer = child.stdin.getWriter();
  const written = writer.write(new TextEncoder().encode(input)).then(() => writer.close());
  const { success, stdout } = await child.output();
  await written;
  if (!success) throw new Error(`${program} ${args.join(" ")} failed`);
  return new TextDecoder().decode(stdout);
}

function summary(name: string, measured: readonly Measured[]): string {
  const agree = measured.filter(({ equal }, i) => equal === cases[i][2]).length;
  const falsePositives = measured.filter(({ equal }, i) => equal && !cases[i][2]).length;
  const times = measured.map(({ microseconds }) => microseconds).sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * (times.length - 1))].toFixed(0);
  return [
    name.padEnd(18),
    `${(100 * agree / cases.length).toFixed(1)} %`.padEnd(8),
    String(falsePositives).padStart(7),
    String(cases.length - agree - falsePositives).padStart(8),
    at(0.5).padStart(10),
    at(0.99).padStart(7),
  ].join(" ");
}
