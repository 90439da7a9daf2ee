/**
 * The task `test:mutation`: puts small faults into the sources, one at a time, and counts those that the tests tell.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { Checkout, isInProject, projectFiles, projectText } from "./checkout.ts";
import { EQUIVALENT, type Equivalent } from "./equivalent.ts";
import { mutantsOf } from "./operators.ts";
import { type FileMutant, sampleMutants } from "./sample.ts";
import { MEASURED, testsOf } from "./tests_of.ts";

/** Least share of the faults that tests must tell. */
const LEAST_RATE = 0.95;
/** What a shell gives for a program that was interrupted. */
const SIGNALLED = 130;
const USAGE = `deno task test:mutation [--sample N] [--seed S] [--folder NAMES] [--file PATH] [--jobs N] [--list]
  --sample N      N places drawn at random, and one fault at each (default: every fault, which takes hours)
  --seed S        of the draw (default 1)
  --folder NAMES  folders of src/, separated by commas (default ${MEASURED.join(",")})
  --file PATH     one file, as src/files/write.ts
  --jobs N        faults at a time (default 1)
  --list          print the faults, and run nothing`;

/** What became of a mutant. */
type Verdict = "told" | "survived" | "equivalent";

const args = parseArgs(Deno.args, {
  string: ["sample", "seed", "folder", "file", "jobs"],
  boolean: ["list", "help"],
  default: { seed: "1", jobs: "1", folder: MEASURED.join(",") },
  unknown: (name: string) => usage(`unknown argument ${name}`),
});
if (args.help) {
  console.log(USAGE);
  Deno.exit(0);
}

const paths = args.file !== undefined
  ? [args.file]
  : projectFiles().filter((path) =>
    String(args.folder).split(",").some((folder) => path.startsWith(`src/${folder}/`)) && path.endsWith(".ts")
  );
if (paths.length === 0) usage(`no source in ${args.folder}`);
const all = paths.flatMap((path) => mutantsOf(projectText(path)).map((mutant): FileMutant => ({ path, ...mutant })));
const drawn = args.sample === undefined ? all : sampleMutants(all, wholeNumber("sample"), wholeNumber("seed"));
const draw = args.sample === undefined
  ? `all ${all.length} faults of ${paths.length} files`
  : `${drawn.length} places drawn without replacement, all as likely, one fault each, of ${all.length} faults in ` +
    `${paths.length} files (seed ${args.seed})`;
if (args.list) {
  for (const mutant of drawn) console.log(describe(mutant));
  console.log(draw);
  Deno.exit(0);
}

const verdicts = await tryAll(drawn, wholeNumber("jobs"));
printTable();
console.log(`\n${draw}`);
reportStale();
const rate = rateOf([...verdicts.values()]);
if (rate < LEAST_RATE) console.log(`Told ${percent(rate)}, expected at least ${percent(LEAST_RATE)}`);
Deno.exit(rate < LEAST_RATE ? 1 : 0);

/** Tries mutants, several at a time, and prints those that survive. */
async function tryAll(mutants: readonly FileMutant[], jobs: number): Promise<Map<FileMutant, Verdict>> {
  const verdicts = new Map<FileMutant, Verdict>();
  const queue = mutants.values();
  const checkouts = Array.from({ length: jobs }, () => new Checkout());
  const end = () => checkouts.forEach((checkout) => checkout[Symbol.dispose]());
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      end();
      Deno.exit(SIGNALLED);
    });
  }
  try {
    await Promise.all(checkouts.map(async (checkout) => {
      for (const mutant of queue) {
        const { path, text } = mutant;
        const verdict = EQUIVALENT.some((known) => isMutant(known, mutant))
          ? "equivalent"
          : await checkout.tells(path, text, testsOf(path, isInProject))
          ? "told"
          : "survived";
        verdicts.set(mutant, verdict);
        if (verdict === "survived") console.log(`${verdicts.size}/${mutants.length} survived: ${describe(mutant)}`);
      }
    }));
  } finally {
    end();
  }
  return verdicts;
}

function isMutant(known: Equivalent, { path, before, after }: FileMutant): boolean {
  return known.path === path && known.before === before && known.after === after;
}

function describe({ path, line, operator, before, after }: FileMutant): string {
  return `${path}:${line} (${operator})\n  - ${before}\n  + ${after}`;
}

function printTable(): void {
  const groups = Map.groupBy(verdicts, ([{ path }]) => path.split("/").slice(0, 2).join("/"));
  console.log("\n| folder | faults | told | equivalent | rate |\n|---|--:|--:|--:|--:|");
  for (const [folder, entries] of [...groups].sort(([a], [b]) => a < b ? -1 : 1)) {
    printRow(folder, entries.map(([, verdict]) => verdict));
  }
  printRow("all", [...verdicts.values()]);
}

function printRow(name: string, verdicts: readonly Verdict[]): void {
  const count = (wanted: Verdict) => verdicts.filter((verdict) => verdict === wanted).length;
  console.log(
    `| ${name} | ${verdicts.length} | ${count("told")} | ${count("equivalent")} | ${percent(rateOf(verdicts))} |`,
  );
}

/** Share of those that are not equivalent; 1 of none. */
function rateOf(verdicts: readonly Verdict[]): number {
  const counted = verdicts.filter((verdict) => verdict !== "equivalent");
  return counted.length === 0 ? 1 : counted.filter((verdict) => verdict === "told").length / counted.length;
}

function percent(rate: number): string {
  return `${(100 * rate).toFixed(1)} %`;
}

/** Names entries of the list of equivalents that are the mutant of nothing any more. */
function reportStale(): void {
  const isStale = (known: Equivalent) => paths.includes(known.path) && !all.some((mutant) => isMutant(known, mutant));
  for (const { path, before, after } of EQUIVALENT.filter(isStale)) {
    console.log(`equivalent.ts lists what is no fault of ${path} any more:\n  - ${before}\n  + ${after}`);
  }
  const absent = new Set(EQUIVALENT.map(({ path }) => path).filter((path) => !isInProject(path)));
  for (const path of absent) console.log(`equivalent.ts lists faults of ${path}, which is not there`);
}

function wholeNumber(name: "sample" | "seed" | "jobs"): number {
  const value = Number(args[name]);
  if (!Number.isInteger(value) || value < 1) usage(`--${name} ${args[name]} is no whole number above 0`);
  return value;
}

function usage(fault: string): never {
  console.error(`${fault}\n${USAGE}`);
  Deno.exit(2);
}
