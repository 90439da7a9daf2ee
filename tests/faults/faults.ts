/**
 * The task `test:faults`: everything that can befall a run and its files, again and again. Whatever it is, the same command
 * goes on and ends in the bytes of an undisturbed run, or says in one line what is wrong; nothing is silently wrong, stuck,
 * lost or doubled.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { DAMAGE_KINDS, damageKinds } from "./damaged_files.ts";
import { FaultLibrary } from "./fault_library.ts";
import { fuzz, FUZZED } from "./fuzz/fuzz.ts";
import { hostileMirror } from "./hostile_mirror.ts";
import { countOperations, OPERATION_KINDS, operationKinds } from "./operations.ts";
import { POWER_CUTS, powerCuts } from "./power_cuts.ts";
import { signalKind, SIGNALS } from "./signals.ts";
import { TWO_PROCESSES, twoProcesses } from "./two_processes.ts";
import { SmallestBench } from "./smallest_bench.ts";
import { type Kind, type Row, tableText, tryAll } from "./table.ts";

const USAGE = `deno task test:faults [--whole] [--only TEXT] [--jobs N] [--seed S] [--minutes N] [--fuzz-seconds N]
  --whole      every kind in full: half an hour (default: a few cases of each kind, a minute or two)
  --only TEXT  kinds whose name has this text
  --jobs N     cases at a time (default: one a core)
  --seed S     of what is drawn (default 1)
  --minutes N  begin no case after its share of this time (default: all are tried)
  --fuzz-seconds N  of each fuzzer (default 2, whole 60)`;

const args = parseArgs(Deno.args, {
  string: ["only", "jobs", "seed", "fuzz-seconds", "minutes"],
  boolean: ["whole", "help"],
  default: { only: "", jobs: String(navigator.hardwareConcurrency), seed: "1" },
  unknown: (name: string) => usage(`unknown argument ${name}`),
});
if (args.help) {
  console.log(USAGE);
  Deno.exit(0);
}
const jobs = wholeNumber("jobs");
const seed = wholeNumber("seed");
const whole = args.whole === true;

/** The whole form, or the short one. */
function size(short: number, long: number): number {
  return whole ? long : short;
}

const end = args.minutes === undefined ? Infinity : performance.now() + 60_000 * wholeNumber("minutes");
const kinds = await kindsOf();
const fuzzers = FUZZED.filter((name) => isWanted(`fuzz: ${name}`));
const fuzzSeconds = args["fuzz-seconds"] === undefined ? size(2, 60) : wholeNumber("fuzz-seconds");
const endOfKinds = end - 1000 * fuzzSeconds * fuzzers.length;
const rows: Row[] = [];
for (const [i, kind] of kinds.entries()) {
  const now = performance.now();
  rows.push(await tryAll(kind, jobs, now + Math.max(0, endOfKinds - now) / (kinds.length - i)));
}
for (const target of fuzzers) rows.push(await fuzz(target, seed, fuzzSeconds));
console.log(`\n${tableText(rows)}`);
for (const { name, notHere } of rows) if (notHere !== undefined) console.log(`NOT TRIED: ${name}: ${notHere}`);
Deno.exit(rows.every(({ tried, held }) => tried === held) ? 0 : 1);

/** The kinds of cases that are wanted; nothing is made ready for others. */
async function kindsOf(): Promise<Kind[]> {
  const mirror = hostileMirror();
  const names = [...OPERATION_KINDS, POWER_CUTS, SIGNALS, ...DAMAGE_KINDS, TWO_PROCESSES];
  if (!names.some(isWanted)) return [mirror].filter(({ name }) => isWanted(name));
  const library = await FaultLibrary.build();
  const bench = await SmallestBench.open();
  const counts = typeof library === "string" ? new Map() : await countOperations(bench, library);
  const all = [
    ...operationKinds(bench, library, counts, {
      kills: size(7, 310),
      halves: size(2, 70),
      shorts: size(1, 40),
      full: size(3, 90),
      errors: size(5, 150),
      chains: size(1, 40),
    }, seed),
    ...(isWanted(POWER_CUTS) ? [await powerCuts(bench, library, counts, size(3, 64))] : []),
    ...(isWanted(SIGNALS) ? [await signalKind(bench, size(2, 40), seed)] : []),
    ...(DAMAGE_KINDS.some(isWanted)
      ? await damageKinds(bench, library, counts, { checkpoints: size(4, 90), others: size(4, 70) }, seed)
      : []),
    twoProcesses(bench, size(1, 4)),
    mirror,
  ];
  return all.filter(({ name }) => isWanted(name));
}

function isWanted(name: string): boolean {
  return name.includes(String(args.only));
}

function wholeNumber(name: "jobs" | "seed" | "fuzz-seconds" | "minutes"): number {
  const value = Number(args[name]);
  if (!Number.isInteger(value) || value < 1) usage(`--${name} ${args[name]} is no whole number above 0`);
  return value;
}

function usage(fault: string): never {
  console.error(`${fault}\n${USAGE}`);
  Deno.exit(2);
}
