/**
 * How fast this machine's GPU was when `gpu:check` last measured it: what a dry run tells hours by.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { readTextIfPresent } from "../files/read.ts";

/** Where `gpu:check` leaves its record, in the folder of the program. */
export const GPU_CHECK_FILE = ".cache/gpu_check/gpu_check.json";

const RECORD = z.object({
  device: z.enum(["cpu", "cuda"]),
  date: z.string(),
  machine: z.array(z.string()),
  rates: z.object({ decode: z.number().positive(), train: z.number().positive() }),
});

/** Floating-point operations a second of one GPU, and where that is from. */
export interface MeasuredRates {
  /** Of decoding. */
  readonly decode: number;
  /** Of updates. */
  readonly train: number;
  /** Versions and device. */
  readonly machine: readonly string[];
  /** When it was measured. */
  readonly date: string;
}

/** The rates of the last check; undefined where there is none of a GPU, or it is damaged. */
export async function measuredRates(path: string = GPU_CHECK_FILE): Promise<MeasuredRates | undefined> {
  const text = await readTextIfPresent(path);
  if (text === undefined) return undefined;
  try {
    const { device, date, machine, rates } = RECORD.parse(JSON.parse(text));
    return device === "cuda" ? { ...rates, machine, date } : undefined;
  } catch {
    // A damaged record, or one of a check that was cut before it measured both, tells nothing.
    return undefined;
  }
}
