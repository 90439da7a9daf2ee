import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { doctorText } from "../../src/commands/doctor.ts";
import { examine } from "../../src/doctor/doctor.ts";
import type { Fact } from "../../src/doctor/fact.ts";

Deno.test("every area is looked at, in order, and the network only if asked", async () => {
  const areas: string[] = [];
  const facts = await examine({ onArea: (area) => areas.push(area) });
  assertEquals(areas, ["machine", "backends", "tools", "storage", "permissions"]);
  assertEquals([...new Set(facts.map(({ area }) => area))], areas);
  const engine = facts.find(({ name }) => name === "cpu-engine")!;
  assert(engine.state === "ok", engine.found);
});

Deno.test("the text names what is missing and what fixes it", () => {
  const facts: Fact[] = [
    { area: "machine", name: "cores", state: "info", found: "2" },
    { area: "storage", name: "embedded model", state: "missing", found: "not there", fix: "deno task pretrain" },
  ];
  const text = doctorText(facts, { colour: false });
  assertStringIncludes(text, "✗  embedded model  not there\n                   → deno task pretrain");
  assert(text.endsWith("Missing: embedded model"));
  const runs: Fact = {
    area: "storage",
    name: "runs",
    state: "damaged",
    found: "1 in runs",
    fix: "deno task runs check",
  };
  const damaged = doctorText([...facts, runs], { colour: false });
  assertStringIncludes(damaged, "!  runs            1 in runs\n                   → deno task runs check");
  assert(damaged.endsWith("\n\nDamaged: runs\n\nMissing: embedded model"));
  assert(doctorText(facts.slice(0, 1), { colour: false }).endsWith("deno task bench"));
});
