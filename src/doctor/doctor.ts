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
  /** What to look at (default all but the network). */
  readonly areas?: readonly FactArea[];
  /** Told before each area is looked at. */
  readonly onArea?: (area: FactArea) => void;
}

const LOOKS: Readonly<Record<FactArea, () => Fact[] | Promise<Fact[]>>> = {
  machine: machineFacts,
  backends: backendFacts,
  tools: toolFacts,
  storage: storageFacts,
  permissions: permissionFacts,
  network: networkFacts,
};

/** Areas that are looked at without reaching out. */
const ALL_HERE = ["machine", "backends", "tools", "storage", "permissions"] as const satisfies readonly FactArea[];

/** Every area: the network too, which reaches out to the hosts that downloads come from. */
export const ALL_AREAS: readonly FactArea[] = [...ALL_HERE, "network"];

/**
 * Looks at this machine, area by area; what is missing is a fact, not an error.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * const facts = await examine({ areas: ["machine"] });
 * assert(facts.some(({ name }) => name === "cores"));
 * ```
 */
export async function examine({ areas = ALL_HERE, onArea = () => {} }: DoctorOptions = {}): Promise<Fact[]> {
  const facts: Fact[] = [];
  for (const area of areas) {
    onArea(area);
    facts.push(...await LOOKS[area]());
  }
  return facts;
}
