/**
 * Every task under its permission sets, whole and with each entry taken out in turn: a set that is narrower than needed
 * fails a task, one that is wider has an entry without which every task does the same.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../src/cli/table.ts";
import { PERMISSION_SETS } from "../../src/doctor/permission_sets.ts";
import { NOT_RUN, QUICK, type Scenario, SLOW, UNTRIED } from "../permissions/scenarios.ts";
import { type Ended, entriesOf, type Entry, entryText, isUsed, tried } from "../permissions/tried.ts";

const ALL: readonly Scenario[] = [...QUICK, ...SLOW];

Deno.test("every task is tried, or says why not", () => {
  const run = new Set(ALL.map(({ line }) => line.split(" ")[0]));
  const missing = COMMANDS.map(({ name }) => name).filter((name) => !run.has(name));
  assertEquals(missing.sort(), Object.keys(NOT_RUN).sort());
  for (const [name, why] of Object.entries(NOT_RUN)) console.warn(`SKIPPED: permissions of ${name}: ${why}`);
  const sets = new Set(ALL.flatMap(entriesOf).map(({ set }) => set));
  const others = Object.keys(PERMISSION_SETS).filter((set) => !sets.has(set));
  console.warn(`SKIPPED: permission sets that none of the tasks tried has: ${others.join(", ")}`);
  for (const [set, kind, entry, why] of UNTRIED) console.warn(`SKIPPED: ${set} ${kind} ${entry}: ${why}`);
});

Deno.test("each entry of each permission set is needed, and all of them suffice", async () => {
  const open = new Map<string, Entry>();
  const skipped = new Set<string>();
  const needed = new Set(UNTRIED.map(([set, kind, entry]) => `${set} ${kind} ${entry}`));
  for (const scenario of ALL) {
    const entries = entriesOf(scenario).filter((entry) => !needed.has(entryText(entry)));
    const missing = (scenario.programs ?? []).filter((program) => !isInstalled(program));
    if (missing.length > 0) {
      console.warn(`SKIPPED: ${scenario.line}: this machine has no ${missing.join(", ")}`);
      entries.forEach((entry) => skipped.add(entryText(entry)));
      continue;
    }
    const whole = await tried(scenario);
    const { code = 0 } = scenario;
    assert(code === "any" || whole.code === code, `${scenario.line}: ${whole.code}\n${whole.text}`);
    assert(!REFUSED.test(whole.text), `${scenario.line}: ${whole.text}`);
    if (entries.length === 0) continue;
    assertEquals(outcome(await tried(scenario)), outcome(whole), `${scenario.line} does not end the same twice`);
    for (const entry of entries) {
      const canTell = scenario.startsDeno === true || entry.kind === "run" || isUsed(entry, whole);
      if (canTell && outcome(await tried(scenario, entry)) !== outcome(whole)) {
        needed.add(entryText(entry));
        open.delete(entryText(entry));
      } else open.set(entryText(entry), entry);
    }
  }
  assertEquals([...open.keys()].filter((text) => !skipped.has(text)), [], "no task does anything else without these");
  assert(needed.size > 50);
});

const REFUSED = /No permission|NotCapable|Requires \w+ access/;

function outcome({ code, text }: Ended): string {
  return `${code}\n${text}`;
}

function isInstalled(program: string): boolean {
  try {
    return new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" }).outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
