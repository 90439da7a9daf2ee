/**
 * What this machine has, what it lacks, and the command that fixes it.
 *
 * @module
 */
import { backendFacts } from "./backends.ts";
import type { Fact, FactArea } from "./fact.ts";
import { machineFacts, permissionFacts, storageFacts, toolFacts } from "./machine.ts";
import { networkFacts } from "./network.ts";

/** What to look at beside the machine itself. */
export interface DoctorOptions {
  /** Whether to reach out to the hosts that downloads come from. */
  readonly network?: boolean;
  /** Told before each area is looked at. */
  readonly onArea?: (area: FactArea) => void;
}

/**
 * Looks at everything; what is missing is a fact, not an error.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * const facts = await examine();
 * assert(facts.some(({ area, state }) => area === "backends" && state === "ok"));
 * ```
 */
export async function examine({ network = false, onArea = () => {} }: DoctorOptions = {}): Promise<Fact[]> {
  const areas: [FactArea, () => Fact[] | Promise<Fact[]>][] = [
    ["machine", machineFacts],
    ["backends", backendFacts],
    ["tools", toolFacts],
    ["storage", storageFacts],
    ["permissions", permissionFacts],
    ...(network ? [["network", networkFacts] as [FactArea, () => Promise<Fact[]>]] : []),
  ];
  const facts: Fact[] = [];
  for (const [area, look] of areas) {
    onArea(area);
    facts.push(...await look());
  }
  return facts;
}
