/**
 * How much memory this process may still take, by the machine and by the container that it runs in; read here alone.
 *
 * @module
 */
import process from "node:process";

/** Memory that may still be taken. */
export interface FreeMemory {
  /** Bytes. */
  readonly bytes: number;
  /** Who says so. */
  readonly source: "machine" | "container" | "assumed";
}

/** What the system tells. */
export interface MemoryReadings {
  /** Bytes that programs may still take on the machine. */
  readonly available: number;
  /** Most bytes of the container; as good as infinite where there is no limit. */
  readonly limit: number;
  /** Bytes that this process holds. */
  readonly resident: number;
}

/** Where nobody may look: what a laptop of today has free. */
const ASSUMED_BYTES = 8 * 2 ** 30;

/**
 * The memory that is free now. Within a container that has a limit, what this process holds counts against it; other
 * processes of the container are not seen.
 *
 * @param read what the system tells; undefined where the permissions do not allow to look
 */
export function freeMemory(read: () => MemoryReadings | undefined = readSystem): FreeMemory {
  const found = read();
  if (found === undefined) return { bytes: ASSUMED_BYTES, source: "assumed" };
  const { available, limit, resident } = found;
  const left = Math.max(0, limit - resident);
  // Systems without such limits say 0.
  return limit > 0 && left < available ? { bytes: left, source: "container" } : { bytes: available, source: "machine" };
}

function readSystem(): MemoryReadings | undefined {
  try {
    const { available } = Deno.systemMemoryInfo();
    return { available, limit: process.constrainedMemory(), resident: Deno.memoryUsage().rss };
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}
