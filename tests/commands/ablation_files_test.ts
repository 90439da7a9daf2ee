import { assert, assertEquals, assertRejects } from "@std/assert";
import tiny from "../../benchmarks/tiny.ts";
import { ablationNames, loadAblations } from "../../src/commands/ablation_files.ts";
import { UsageError } from "../../src/errors.ts";
import { CLAIM_METRICS } from "../../src/summary/claims.ts";

const ablations = await loadAblations();

Deno.test("every ablation is the default experiment with other arms, and has claims about its rows", () => {
  assertEquals(ablations.map(({ name }) => name), ablationNames());
  assertEquals(new Set(ablations.map(({ experiment }) => experiment.name)).size, ablations.length);
  for (const { name, experiment, claims } of ablations) {
    const { name: own, description, arms, passAt, ...shared } = experiment;
    const { name: _n, description: _d, arms: _a, ...rest } = tiny;
    assertEquals(shared, rest, name);
    assertEquals([own, description.length > 0], [`ablation-${name.replaceAll("_", "-")}`, true]);
    assert(passAt === undefined || passAt.includes(32), "claims are about Pass@32");
    assert(arms.some(({ objective }) => objective === undefined) && claims.length > 0, name);
  }
});

Deno.test("claims are about every metric that there is, and about figures and tables", () => {
  const claims = ablations.flatMap((ablation) => ablation.claims);
  assertEquals(new Set(claims.map(({ metric }) => metric)), new Set(CLAIM_METRICS));
  const sources = claims.map(({ source }) => source).join("\n");
  for (const cited of ["Figure 3a", "Figure 3c", "Figure 4", "Figure 5", "Table 1", "Table 5", "Tables 3 and 4"]) {
    assert(sources.includes(cited), cited);
  }
});

Deno.test("ablations are taken by name, each once", async () => {
  const names = (await loadAblations(["softness", "noise", "softness"])).map(({ name }) => name);
  assertEquals(names, ["softness", "noise"]);
  await assertRejects(
    () => loadAblations(["nois"]),
    UsageError,
    'Cannot run ablation "nois": expected one of butt_family,',
  );
});
