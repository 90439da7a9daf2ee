/**
 * Our grader beside Math-Verify on the labelled cases of the tests, same pairs, same machine, in turns:
 * `deno run -A benchmarks/peers/grading_peer.ts [--venv DIR] [--disagreements] [--mixed]`, the last for the cases alone that
 * were labelled before a grader was run on them.
 *
 * The folder of the Python environment is made where it is absent, with pinned packages.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { grade } from "../../src/grading/grade.ts";
import { gradeReleaseString } from "../../src/grading/release_string.ts";
import type { AskedCase, Case } from "../../tests/grading/cases/case.ts";
import * as collections from "../../tests/grading/cases/collections.ts";
import * as complaints from "../../tests/grading/cases/complaints.ts";
import * as completions from "../../tests/grading/cases/completions.ts";
import * as expressions from "../../tests/grading/cases/expressions.ts";
import * as mixed from "../../tests/grading/cases/mixed.ts";
import * as numbers from "../../tests/grading/cases/numbers.ts";
import * as statements from "../../tests/grading/cases/statements.ts";
import * as variants from "../../tests/grading/cases/variants.ts";
import * as words from "../../tests/grading/cases/words.ts";

const PACKAGES = ["math-verify[antlr4_13_2]==0.9.0", "sympy==1.14.0"];
/** Passes over the cases, of which the fastest time of each pair counts: the first compiles the code. */
const PASSES = 3;

interface Verdict {
  readonly equal: boolean;
  readonly microseconds: number;
}

type Ask = (pair: Case | AskedCase) => Promise<Verdict>;

const { values } = parseArgs({
  options: {
    venv: { type: "string", default: ".cache/peers/math-verify" },
    disagreements: { type: "boolean" },
    mixed: { type: "boolean" },
  },
});
const listed = (tables: readonly object[]) =>
  tables.flatMap((table) => Object.values(table) as (readonly (Case | AskedCase)[])[]).flat();
const SETS = {
  "cases that either was built on": listed([
    numbers,
    expressions,
    collections,
    variants,
    words,
    completions,
    statements,
    complaints,
  ]),
  "cases that were labelled first and run afterwards": listed([mixed]),
};

const mathVerify = await startMathVerify(values.venv);
const GRADERS: Readonly<Record<string, Ask>> = {
  "symbolic (ours)": timed(([gold, prediction, , question]) =>
    grade(prediction, gold, question === undefined ? {} : { question }).equal
  ),
  "release-string": timed(([gold, prediction]) =>
    gradeReleaseString(prediction.includes("boxed") ? prediction : `\\boxed{${prediction}}`, gold).equal
  ),
  "Math-Verify 0.9.0": mathVerify.ask,
};
for (const [title, cases] of Object.entries(SETS).slice(values.mixed ? 1 : 0)) await compare(title, cases);
await mathVerify.close();

/** Each pair goes to all graders before the next does. */
async function compare(title: string, cases: readonly (Case | AskedCase)[]): Promise<void> {
  const best = new Map<string, Verdict[]>(Object.keys(GRADERS).map((name) => [name, []]));
  for (let pass = 0; pass < PASSES; pass++) {
    for (const [i, pair] of cases.entries()) {
      for (const [name, ask] of Object.entries(GRADERS)) {
        const verdict = await ask(pair);
        const verdicts = best.get(name)!;
        if (pass === 0 || verdict.microseconds < verdicts[i].microseconds) verdicts[i] = verdict;
      }
    }
  }
  console.log(`\n${cases.length} ${title}\n`);
  console.log("| grader | agrees | false positives | false negatives | median µs | 99 % µs | mean µs |");
  console.log("| :-- | --: | --: | --: | --: | --: | --: |");
  for (const [name, verdicts] of best) {
    console.log(summary(name, cases, verdicts));
    if (!values.disagreements) continue;
    for (const [i, [gold, prediction, equal]] of cases.entries()) {
      if (verdicts[i].equal !== equal) console.error(JSON.stringify({ grader: name, gold, prediction, equal }));
    }
  }
}

/** Counts processor time, which another load of the machine leaves alone. */
function timed(equal: (pair: Case | AskedCase) => boolean): Ask {
  return (pair) => {
    const started = process.cpuUsage();
    const verdict = equal(pair);
    const { user, system } = process.cpuUsage(started);
    return Promise.resolve({ equal: verdict, microseconds: user + system });
  };
}

/** Math-Verify in a process of its own, which counts its own processor time. */
async function startMathVerify(venv: string): Promise<{ ask: Ask; close: () => Promise<void> }> {
  const python = `${venv}/bin/python`;
  try {
    Deno.statSync(python);
  } catch {
    await run("python3", ["-m", "venv", venv]);
    await run(python, ["-m", "pip", "install", "--quiet", ...PACKAGES]);
  }
  const script = fileURLToPath(new URL("grading_peer.py", import.meta.url));
  const child = spawn(python, [script], { stdio: ["pipe", "pipe", "ignore"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async ([gold, pred]) => {
      child.stdin.write(`${JSON.stringify({ gold, pred })}\n`);
      const { value } = await lines.next();
      if (value === undefined) throw new Error(`Math-Verify ended at ${gold} and ${pred}`);
      return JSON.parse(value);
    },
    close: async () => {
      const ended = once(child, "exit");
      child.stdin.end();
      await ended;
    },
  };
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const { success } = await new Deno.Command(program, { args: [...args], stdout: "null", stderr: "inherit" }).output();
  if (!success) throw new Error(`${program} ${args.join(" ")} failed`);
}

function summary(name: string, cases: readonly (Case | AskedCase)[], verdicts: readonly Verdict[]): string {
  const agree = verdicts.filter(({ equal }, i) => equal === cases[i][2]).length;
  const falsePositives = verdicts.filter(({ equal }, i) => equal && !cases[i][2]).length;
  const times = verdicts.map(({ microseconds }) => microseconds).sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * (times.length - 1))].toFixed(0);
  const mean = (times.reduce((sum, time) => sum + time, 0) / times.length).toFixed(0);
  const agrees = `${(100 * agree / cases.length).toFixed(1)} %`;
  return `| ${
    [name, agrees, falsePositives, cases.length - agree - falsePositives, at(0.5), at(0.99), mean].join(" | ")
  } |`;
}
