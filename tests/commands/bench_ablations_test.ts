import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { run } from "../../src/commands/bench_ablations.ts";
import { BenchError, UsageError } from "../../src/errors.ts";
import { writeResult } from "../../src/result/store.ts";
import { attributedResults } from "../summary/attributed.ts";
import { captured, inFolder } from "./captured.ts";

/** Rows of token_consumption that the made-up default experiment has too. */
const ROWS = ["base.matched", "base.soft-thinking", "soft-thinking-grpo.soft-thinking", "soft-thinking-grpo.matched"];

Deno.test("bench:ablations --page writes the page from results, and --check tells when it is stale", () =>
  inFolder(async (folder) => {
    const flags = { results: `${folder}/results`, output: `${folder}/page/README.md` };
    const command = (more: { page?: boolean; check?: boolean }) =>
      captured(() => run({ positionals: [], flags: { ...flags, ...more } }));
    assertEquals((await command({ page: true })).stderr, `wrote ${flags.output}`);
    assertStringIncludes(Deno.readTextFileSync(flags.output), "**No results yet**");
    assertEquals((await command({ check: true })).code, 0);
    assertEquals((await command({ page: true })).stderr, "");

    const results = attributedResults({ problems: 2, samples: 32, seeds: [1, 2] })
      .filter(({ arm }) => ROWS.includes(arm.label))
      .map((result) => ({ ...result, experiment: { ...result.experiment, name: "ablation-token-consumption" } }));
    assertEquals(results.length, 2 * ROWS.length);
    for (const result of results) writeResult(`${folder}/results/v2`, result);
    writeResult(`${folder}/results/v2`, { ...results[0], status: "smoke" });
    const before = Deno.readTextFileSync(flags.output);
    await assertRejects(() => command({ check: true }), BenchError, "run deno task bench:ablations --page");
    assertEquals(Deno.readTextFileSync(flags.output), before);

    const { stderr } = await command({ page: true });
    assertStringIncludes(stderr, "token_consumption: left out 1 (smoke run)");
    const page = Deno.readTextFileSync(flags.output);
    assertStringIncludes(page, "Run again: `deno task bench:ablations token_consumption`.");
    // The arm that did not run.
    assertStringIncludes(page, "no discrete-grpo |");
    assertEquals((await command({ check: true })).code, 0);
  }));

Deno.test("the page is of all ablations", async () => {
  await assertRejects(
    () => run({ positionals: ["noise"], flags: { page: true } }),
    UsageError,
    "Cannot take noise with --page or --check",
  );
});
