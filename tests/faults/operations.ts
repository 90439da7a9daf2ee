/**
 * One file operation that goes wrong: the process is killed before it, or after half a write; a write is short; the disk is
 * full from then on; the disk answers with an error once. The same command then ends in the same bytes.
 *
 * @module
 */
import { RandomSequence } from "../../src/random/streams.ts";
import { type Fault, FaultLibrary, type Operation, OPERATIONS } from "./fault_library.ts";
import { type Ended, improper, lastLines } from "./process.ts";
import { type Finding, newPlace, removePlace, type SmallestBench } from "./smallest_bench.ts";
import { type Case, evenly, type Kind } from "./table.ts";

/** How many operations an undisturbed run makes, by letter. */
export type OperationCounts = ReadonlyMap<Operation, number>;

/** Counts the operations of an undisturbed run. */
export async function countOperations(bench: SmallestBench, library: FaultLibrary): Promise<OperationCounts> {
  const place = newPlace();
  const log = Deno.makeTempFileSync({ prefix: "faults-log-" });
  const { code, stderr } = await bench.run(place, { env: library.writesDown(place, log) });
  if (code !== 0) throw new Error(`The run under the library failed: ${stderr}`);
  const letters = Map.groupBy(Deno.readTextFileSync(log), (letter) => letter as Operation);
  Deno.removeSync(log);
  removePlace(place);
  return new Map([...letters].map(([letter, all]) => [letter, all.length]));
}

/** Names of the kinds. */
export const OPERATION_KINDS = [
  "killed before a file operation",
  "killed after half a write",
  "short write",
  "disk full from an operation on",
  "error of the disk at an operation",
  "several of these, one after another",
] as const;

/** Most of them. */
const MOST_IN_A_ROW = 4;

/** How many cases of each kind. */
export interface OperationSizes {
  readonly kills: number;
  readonly halves: number;
  readonly shorts: number;
  readonly full: number;
  readonly errors: number;
  readonly chains: number;
}

/** The kinds, of which each operation has its share. */
export function operationKinds(
  bench: SmallestBench,
  library: FaultLibrary | string,
  counts: OperationCounts,
  sizes: OperationSizes,
  seed: number,
): Kind[] {
  const kind = (name: string, how: Fault["how"], operations: string, count: number, stays = false): Kind => ({
    name,
    cases: typeof library === "string" ? [] : places(counts, operations, count).map(([operation, at]): Case => {
      const fault: Fault = { operations: operation, at, how, stays };
      return { name: `${how} at ${OPERATIONS[operation]} ${at}`, run: () => meet(bench, library, fault) };
    }),
    ...(typeof library === "string" && { notHere: library }),
  });
  return [
    kind(OPERATION_KINDS[0], "kill", "owtsrum", sizes.kills),
    kind(OPERATION_KINDS[1], "half", "w", sizes.halves),
    kind(OPERATION_KINDS[2], "short", "w", sizes.shorts),
    kind(OPERATION_KINDS[3], "ENOSPC", "owm", sizes.full, true),
    kind(OPERATION_KINDS[4], "EIO", "owtsrumi", sizes.errors),
    {
      name: OPERATION_KINDS[5],
      cases: typeof library === "string" ? [] : Array.from({ length: sizes.chains }, (_, i): Case => ({
        name: `seed ${seed}, case ${i}`,
        run: () => meetAll(bench, library, drawnFaults(counts, new RandomSequence("operations", seed, i))),
      })),
      ...(typeof library === "string" && { notHere: library }),
    },
  ];
}

/** Any operations, and what goes wrong at them. */
function drawnFaults(counts: OperationCounts, random: RandomSequence): Fault[] {
  const pick = <T>(items: readonly T[]) => items[random.integer(items.length)];
  return Array.from({ length: 2 + random.integer(MOST_IN_A_ROW - 1) }, (): Fault => {
    const how = pick(["kill", "kill", "half", "ENOSPC", "EIO"] as const);
    const [operation, made] = how === "half" ? ["w" as const, counts.get("w")!] : pick([...counts]);
    return { operations: operation, at: 1 + random.integer(made), how };
  });
}

/** Each fault meets the run that goes on from the one before. */
async function meetAll(bench: SmallestBench, library: FaultLibrary, faults: readonly Fault[]): Promise<Finding> {
  const place = newPlace();
  let finding: Finding;
  for (const fault of faults) {
    const ended = await bench.run(place, { env: library.meets(place, fault) });
    finding ??= improper(ended) ?? ofEnd(fault, ended, place);
  }
  finding ??= await bench.continued(place);
  if (finding === undefined) removePlace(place);
  return finding && `${faults.map(({ how, operations, at }) => `${how} at ${operations}${at}`).join(", ")}: ${finding}`;
}

/** Places among the operations: as many of each as its share, and one at least. */
function places(counts: OperationCounts, operations: string, count: number): [Operation, number][] {
  const own = [...counts].filter(([operation]) => operations.includes(operation));
  const all = own.reduce((sum, [, made]) => sum + made, 0);
  return own.flatMap(([operation, made]) =>
    evenly(Array.from({ length: made }, (_, i) => i + 1), Math.max(1, Math.ceil(count * made / all)))
      .map((at): [Operation, number] => [operation, at])
  );
}

async function meet(bench: SmallestBench, library: FaultLibrary, fault: Fault): Promise<Finding> {
  const place = newPlace();
  const ended = await bench.run(place, { env: library.meets(place, fault) });
  const wrong = improper(ended) ?? ofEnd(fault, ended, place) ??
    // What ends well must be right at once.
    (ended.code === 0 ? await bench.difference(place) : undefined) ?? await bench.continued(place);
  if (wrong === undefined) removePlace(place);
  return wrong && `${wrong} (${place})`;
}

/** An end that does not fit what was met. */
function ofEnd({ how }: Fault, { code, signal, stderr }: Ended, place: string): Finding {
  if (how === "kill" || how === "half") return undefined;
  if (signal !== null) return `died of ${signal}`;
  if (code !== 0 && how === "short") return `a short write is no error: ${lastLines(stderr)}`;
  if (code !== 0 && !stderr.includes(place)) return `the error names no file: ${lastLines(stderr)}`;
  return undefined;
}
