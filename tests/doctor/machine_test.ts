import { assert, assertEquals } from "@std/assert";
import { machineFacts, permissionFacts, storageFacts, toolFacts } from "../../src/doctor/machine.ts";

Deno.test("the machine's facts are there", () => {
  assertEquals(machineFacts().map(({ name }) => name), ["Deno", "cores", "memory", "shared memory"]);
});

Deno.test("whatever is missing has a command that fixes it", async () => {
  for (const { state, name, fix } of [...await toolFacts(), ...await storageFacts()]) {
    // CUDA libraries cannot be had without a driver, whose line says so.
    if (state === "missing" || (state === "absent" && name !== "TensorFlow: CUDA libraries")) assert(fix, name);
  }
});

Deno.test("no command but those that fetch, launch or examine may reach the network", () => {
  const sets = new Map(permissionFacts().map(({ name, found }) => [name, found]));
  for (const set of ["bench", "results", "grade", "pretrain"]) {
    assert(!/\b(net|ffi)\b/.test(sets.get(set)!), `${set}: ${sets.get(set)}`);
  }
});
