/**
 * The formats of others that hold samples.
 *
 * @module
 */
import type { SampleExportWriter } from "./sample_export.ts";

/** By the name that `--export` takes, each loaded when it is asked for: the command line knows names alone. */
export const SAMPLE_EXPORTS = {
  "every-eval-ever-samples": () => writerIn("./every_eval_ever_samples.ts"),
  "lighteval-details": () => writerIn("./lighteval_details.ts"),
} as const satisfies Record<string, () => Promise<SampleExportWriter>>;

/** What `--export` takes. */
export type SampleExportName = keyof typeof SAMPLE_EXPORTS;

/** Every name that `--export` takes. */
export const SAMPLE_EXPORT_NAMES = Object.keys(SAMPLE_EXPORTS) as SampleExportName[];

/** Whether a name is of a format that holds samples. */
export function isSampleExport(name: string): name is SampleExportName {
  return (SAMPLE_EXPORT_NAMES as readonly string[]).includes(name);
}

/** What a module exports as `writeSamples`; its name is no literal, so that the launcher does not resolve its packages. */
async function writerIn(file: string): Promise<SampleExportWriter> {
  const { writeSamples } = await import(new URL(file, import.meta.url).href) as { writeSamples: SampleExportWriter };
  return writeSamples;
}
