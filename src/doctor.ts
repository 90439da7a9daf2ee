/**
 * What this machine has, what it lacks, and the command that mends it.
 *
 * @module
 */
import { backendFacts } from "./doctor/backends.ts";
import { machineFacts, permissionFacts, storageFacts, toolFacts } from "./doctor/machine.ts";
import { networkFacts } from "./doctor/network.ts";

/** What a fact is about; in the order in which a table shows them. */
export type FactArea = "machine" | "backends" | "tools" | "storage" | "permissions" | "network";

/**
 * `ok`: there and working; `missing`: not there, and something needs it; `absent`: not there, and only what is optional
 * needs it; `info`: neither good nor bad.
 */
export type FactState = "ok" | "missing" | "absent" | "info";

/** One thing that was looked at. */
export interface Fact {
  readonly area: FactArea;
  readonly name: string;
  readonly state: FactState;
  /** What was found, in a line. */
  readonly found: string;
  /** What to do about it. */
  readonly mend?: string;
}

/** What to look at beside the machine itself. */
export interface DoctorOptions {
  /** Whether to reach out to the hosts that downloads come from. */
  readonly network?: boolean;
  /** Told before each area is looked at. */
  readonly onArea?: (area: FactArea) => void;
}

/** Looks at everything; never throws for what is missing. */
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
