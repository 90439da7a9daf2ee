/**
 * Power cuts: runs and results lie on an ext4 file system in a file, which is copied at the moment of a kill, without what
 * the kernel has not written back yet. The copy is mounted, and the same command goes on there.
 *
 * @module
 */
import { FaultLibrary } from "./fault_library.ts";
import type { OperationCounts } from "./operations.ts";
import { run } from "./process.ts";
import { type Finding, type SmallestBench } from "./smallest_bench.ts";
import { type Case, evenly, type Kind } from "./table.ts";

const BYTES = 16 * 2 ** 20;
/** Operations at which power goes; what is flushed before one of them must be there after it. */
const CUT_AT = "owtsrum";

/** What the kernel may hold back, so that nothing comes to the disk but what was flushed. */
const MOUNTED: Readonly<Record<string, string>> = {
  ordered: "loop,commit=300,noauto_da_alloc",
  // Names may come to the disk before what is in the files.
  writeback: "loop,commit=300,noauto_da_alloc,data=writeback",
};

/** Name of the kind. */
export const POWER_CUTS = "power cut";

/** The kind; whether file systems can be mounted is found out by mounting one. */
export async function powerCuts(
  bench: SmallestBench,
  library: FaultLibrary | string,
  counts: OperationCounts,
  count: number,
): Promise<Kind> {
  const name = POWER_CUTS;
  const notHere = typeof library === "string" ? library : await whyNot();
  if (notHere !== undefined || typeof library === "string") return { name, cases: [], notHere: notHere ?? "" };
  const made = [...counts].filter(([letter]) => CUT_AT.includes(letter)).reduce((sum, [, own]) => sum + own, 0);
  // The last is behind the end: all is there without another run.
  const moments = evenly(Array.from({ length: made + 1 }, (_, i) => i + 1), count);
  const modes = Object.keys(MOUNTED);
  const cases = moments.map((at, i): Case => {
    const mode = modes[i % modes.length];
    return { name: `before operation ${at} of ${made}, ${mode}`, run: () => cut(bench, library, at, mode) };
  });
  return { name, cases };
}

async function cut(bench: SmallestBench, library: FaultLibrary, at: number, mode: string): Promise<Finding> {
  const folder = Deno.makeTempDirSync({ prefix: "faults-power-" });
  await makeImage(`${folder}/disk`);
  let over = false;
  let finding = await mounted<Finding>(folder, "disk", mode, async (place) => {
    const fault = { operations: CUT_AT, at, how: "kill" } as const;
    const { code, signal } = await bench.run(place, { env: library.meets(place, fault) });
    over = code === 0 && signal === null;
    await must(["cp", "--sparse=always", `${folder}/disk`, `${folder}/copy`]);
    return undefined;
  });
  finding ??= await mounted(folder, "copy", mode, async (place) =>
    // What was said to be finished is on the disk.
    (over ? await bench.difference(place) : undefined) ?? await bench.continued(place));
  Deno.removeSync(`${folder}/disk`);
  if (finding === undefined) Deno.removeSync(folder, { recursive: true });
  return finding && `${finding} (${folder}/copy)`;
}

/** Mounts a disk for as long as it is used. */
async function mounted<T>(folder: string, disk: string, mode: string, use: (place: string) => Promise<T>): Promise<T> {
  const at = `${folder}/${disk}.mounted`;
  Deno.mkdirSync(at, { recursive: true });
  await must(["mount", "-t", "ext4", "-o", MOUNTED[mode], `${folder}/${disk}`, at]);
  try {
    // Not the root of the disk, where ext4 keeps a folder of its own.
    Deno.mkdirSync(`${at}/place`, { recursive: true });
    return await use(`${at}/place`);
  } finally {
    await must(["umount", at]);
    Deno.removeSync(at);
  }
}

async function makeImage(path: string): Promise<void> {
  await must(["truncate", "-s", String(BYTES), path]);
  await must(["mkfs.ext4", "-q", path]);
}

async function must(words: readonly string[]): Promise<void> {
  const { code, stderr } = await run(words);
  if (code !== 0) throw new Error(`${words.join(" ")}: ${stderr.trim()}`);
}

async function whyNot(): Promise<string | undefined> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "only root of a Linux can mount a file system";
  const folder = Deno.makeTempDirSync({ prefix: "faults-power-" });
  try {
    await makeImage(`${folder}/disk`);
    for (const mode of Object.keys(MOUNTED)) await mounted(folder, "disk", mode, () => Promise.resolve());
    return undefined;
  } catch (error) {
    return `no ext4 in a file can be mounted: ${error instanceof Error ? error.message : error}`;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
