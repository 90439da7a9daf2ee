/**
 * Files of a run folder that were torn, emptied, zeroed, changed in one bit, lost, or given a foreign end, in the middle of
 * the work and behind its end. The same command makes them again, or says in one line what is wrong.
 *
 * @module
 */
import { RandomSequence } from "../../src/random/streams.ts";
import { paths } from "../end_to_end/command_line.ts";
import { FaultLibrary } from "./fault_library.ts";
import type { OperationCounts } from "./operations.ts";
import { copyPlace, type Finding, newPlace, removePlace, type SmallestBench } from "./smallest_bench.ts";
import { type Case, evenly, type Kind } from "./table.ts";

/** Ways in which a file is damaged; a random place decides where. */
const DAMAGES: Readonly<Record<string, (path: string, random: RandomSequence) => void>> = {
  torn: (path, random) => Deno.truncateSync(path, placeIn(path, random)),
  emptied: (path) => Deno.truncateSync(path, 0),
  zeroed: (path) => Deno.writeFileSync(path, new Uint8Array(Deno.statSync(path).size)),
  "zeroed behind a place": (path, random) =>
    changed(path, (bytes) => bytes.fill(0, random.integer(Math.max(1, bytes.length)))),
  "changed in one bit": (path, random) =>
    changed(path, (bytes) => {
      if (bytes.length > 0) bytes[random.integer(bytes.length)] ^= 1 << random.integer(8);
    }),
  lost: (path) => Deno.removeSync(path),
  lengthened: (path) => Deno.writeFileSync(path, new TextEncoder().encode("{}\n"), { append: true }),
};

function placeIn(path: string, random: RandomSequence): number {
  return random.integer(Math.max(1, Deno.statSync(path).size));
}

function changed(path: string, change: (bytes: Uint8Array) => void): void {
  const bytes = Deno.readFileSync(path);
  change(bytes);
  Deno.writeFileSync(path, bytes);
}

/** Work that was broken off, and what is damaged in it. */
interface Stage {
  readonly name: string;
  readonly place: string;
}

/** Names of the kinds. */
export const DAMAGE_KINDS = ["damaged checkpoint", "damaged other file"] as const;

/** The kinds: checkpoints, and all other files. */
export async function damageKinds(
  bench: SmallestBench,
  library: FaultLibrary | string,
  counts: OperationCounts,
  sizes: { readonly checkpoints: number; readonly others: number },
  seed: number,
): Promise<Kind[]> {
  if (sizes.checkpoints + sizes.others === 0) return [];
  const stages = await brokenOff(bench, library, counts);
  const all = stages.flatMap((stage) =>
    paths(stage.place).filter((path) => !/report/.test(path)).flatMap((path) =>
      Object.keys(DAMAGES).map((damage) => ({ stage, path, damage }))
    )
  );
  const kind = (name: string, own: typeof all, count: number): Kind => ({
    name,
    // Ends of files in order are the same file of every stage: whatever the count, each kind of file has its share.
    cases: evenly(own.toSorted((a, b) => a.damage < b.damage ? -1 : 1), count).map(({ stage, path, damage }): Case => ({
      name: `${path} ${damage}, ${stage.name}`,
      run: () => damaged(bench, stage, path, damage, new RandomSequence("damage", seed, stage.name, path, damage)),
    })),
  });
  const ofCheckpoint = (path: string) => path.includes("/checkpoints/");
  return [
    kind(DAMAGE_KINDS[0], all.filter(({ path }) => ofCheckpoint(path)), sizes.checkpoints),
    kind(DAMAGE_KINDS[1], all.filter(({ path }) => !ofCheckpoint(path)), sizes.others),
  ];
}

/** Work in its middle, where a library can break it off there, and work that is finished. */
async function brokenOff(
  bench: SmallestBench,
  library: FaultLibrary | string,
  counts: OperationCounts,
): Promise<Stage[]> {
  const finished = newPlace();
  await bench.run(finished);
  const stages: Stage[] = [{ name: "finished", place: finished }];
  if (typeof library === "string") return stages;
  const renames = counts.get("r") ?? 0;
  for (const share of [0.5, 0.9]) {
    const place = newPlace();
    const fault = { operations: "r", at: Math.ceil(share * renames), how: "kill" } as const;
    await bench.run(place, { env: library.meets(place, fault) });
    stages.push({ name: `broken off at rename ${fault.at} of ${renames}`, place });
  }
  return stages;
}

async function damaged(
  bench: SmallestBench,
  stage: Stage,
  path: string,
  damage: string,
  random: RandomSequence,
): Promise<Finding> {
  const place = copyPlace(stage.place);
  DAMAGES[damage](`${place}/${path}`, random);
  const finding = await bench.continued(place, { spareMayDiffer: true, mayRefuse: true });
  if (finding === undefined) removePlace(place);
  return finding && `${finding} (${place})`;
}
