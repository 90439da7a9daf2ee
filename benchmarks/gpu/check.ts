/**
 * The command `gpu:check`: everything about a GPU in one go, offline, section by section. On a machine without one it runs
 * sizes for CPUs, and says so.
 *
 * @module
 */
import { dateTime } from "../../src/clock.ts";
import type { GpuCheckArguments } from "../../src/commands/descriptions/maintenance.ts";
import { BenchError } from "../../src/errors.ts";
import { Progress } from "../../src/progress.ts";
import { defaultFolder, interpreterOf } from "../../src/torch/environment.ts";
import { describeWorker } from "../../src/torch/status.ts";
import { TorchWorkers } from "../../src/torch/workers.ts";
import { memorySection } from "./memory.ts";
import { paritySection } from "./parity.ts";
import { type CheckRecord, type Rates, recordText, type Section, writeRecord } from "./record.ts";
import { CPU_SIZES, GPU_SIZES, THREADS } from "./shapes.ts";
import { decodingSection, stepSection } from "./speed.ts";

/** Where `--dry-run` looks for it. */
const DEFAULT_FOLDER = ".cache/gpu_check";

/** Runs the command. @returns 1 where a section failed */
export async function run({ flags }: GpuCheckArguments): Promise<number> {
  const interpreter = flags.python ?? interpreterOf(defaultFolder());
  const progress = new Progress({ quiet: flags.quiet === true });
  const exact = await TorchWorkers.start({ interpreter, threads: THREADS, dtype: "float32" });
  const { device } = exact;
  const sizes = device === "cuda" ? GPU_SIZES : CPU_SIZES;
  if (device === "cpu") progress.note("no GPU found: these are the sizes for CPUs, and say nothing of a GPU");
  const fast = await TorchWorkers.start({ interpreter, threads: THREADS, dtype: sizes.dtype });
  // So that they outlive the models of each section.
  for (const workers of [exact, fast]) workers.use();
  const place = { workers: fast, interpreter, sizes };
  let record: CheckRecord = {
    schemaVersion: 1,
    date: dateTime(),
    machine: describeWorker(exact.processes[0].description),
    device,
    sections: [],
    rates: {},
  };
  const sections: readonly (readonly [string, () => Promise<Section & { readonly rates?: Rates }>])[] = [
    ["parity", () => paritySection(exact)],
    ["decoding", () => decodingSection(place)],
    ["GRPO steps", () => stepSection(place)],
    ["memory", () => memorySection(fast, sizes)],
  ];
  try {
    for (const [name, work] of sections) {
      progress.note(`${name} …`);
      const { rates, ...section } = await work().catch((error) => failedSection(name, error));
      record = { ...record, sections: [...record.sections, section], rates: { ...record.rates, ...rates } };
      writeRecord(flags.out ?? DEFAULT_FOLDER, record);
    }
  } finally {
    await Promise.all([exact.close(), fast.close()]);
  }
  console.log(recordText(record));
  return record.sections.some(({ failed }) => failed !== undefined) ? 1 : 0;
}

/** A section that broke off does not take the others with it. */
function failedSection(title: string, error: unknown): Section & { readonly rates?: Rates } {
  if (!(error instanceof BenchError)) throw error;
  return { title, columns: ["what"], rows: [], failed: error.message };
}
