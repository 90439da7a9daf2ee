/**
 * Cheap tasks under their permission sets: each ends as it should, and together they ask for all that their sets allow.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { QUICK, UNTRIED } from "./scenarios.ts";
import { entriesOf, type Entry, entryText, isUsed, tried } from "./tried.ts";

Deno.test("cheap tasks ask for all that their permission sets allow, and for nothing else", async () => {
  const untried = new Set(UNTRIED.map(([set, kind, entry]) => `${set} ${kind} ${entry}`));
  const isTried = (entry: Entry) => !untried.has(entryText(entry));
  const unused = new Set(QUICK.flatMap(entriesOf).filter(isTried).map(entryText));
  for (const scenario of QUICK) {
    const ended = await tried(scenario);
    assertEquals(
      [ended.code, /No permission|NotCapable|Requires \w+ access/.test(ended.text)],
      [scenario.code ?? 0, false],
      `${scenario.line}: ${ended.text}`,
    );
    for (const entry of entriesOf(scenario).filter(isTried)) if (isUsed(entry, ended)) unused.delete(entryText(entry));
  }
  assertEquals([...unused], [], "no command asks for these; tests/slow/permissions_test.ts tries the others");
});
