import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { run } from "../../src/commands/datasets.ts";
import { UsageError } from "../../src/errors.ts";
import { MIRROR } from "../datasets/mirror.ts";
import { captured, inFolder } from "./captured.ts";

Deno.test("list names every dataset with its state, and costs no network", async () => {
  const { code, stdout } = await captured(() => run({ positionals: [], flags: { cache: "no-such-folder" } }));
  assertEquals(code, 0);
  assertStringIncludes(stdout, "arith-prod3");
  assertStringIncludes(stdout, "zz1358m/SofT-GRPO-master@2b9d8ec");
});

Deno.test("verify with a name demands that it is there, and says how to get it", async () => {
  await inFolder(async (folder) => {
    const flags = { cache: `${folder}/cache`, mirror: `${folder}/mirror` };
    const { code, stderr } = await captured(() => run({ positionals: ["verify", "aime2024"], flags }));
    assertEquals([code, stderr], [1, "Error: aime2024 is missing: run: deno task datasets fetch aime2024"]);
    assertEquals((await captured(() => run({ positionals: ["verify", "arith-add"], flags }))).code, 0);
  });
});

Deno.test("fetch without network and mirror fails, and tells each dataset's fault", async () => {
  await inFolder(async (folder) => {
    const flags = { cache: `${folder}/cache`, mirror: `${folder}/mirror`, offline: true, json: true };
    const { code, stdout } = await captured(() => run({ positionals: ["fetch", "amc23", "math500"], flags }));
    const { datasets } = JSON.parse(stdout) as { datasets: { name: string; error: string }[] };
    assertEquals([code, datasets.map(({ name }) => name)], [1, ["amc23", "math500"]]);
    assertStringIncludes(datasets[0].error, `${folder}/mirror: found no file of it`);
    const told = await captured(() =>
      run({ positionals: ["fetch", "amc23", "math500"], flags: { ...flags, json: false } })
    );
    const lines = told.stderr.split("\n").map((line) => line.split(":")[0]);
    assertEquals(lines, [
      "Error",
      "Error",
      "run once without --offline, or give a folder that has it by --mirror DIR",
    ], "advice once");
  });
});

Deno.test("an unknown dataset is a usage error that names the nearest", async () => {
  const fails = (positionals: string[], message: string) =>
    assertRejects(() => run({ positionals, flags: {} }), UsageError, message);
  await fails(["fetch", "gsm9k"], 'did you mean "gsm8k"?');
  await fails(["verify", "gsm9k"], 'did you mean "gsm8k"?');
});

Deno.test({
  name: "fetch copies from a mirror folder, and verify then lists damage and leaks from the cache alone",
  ignore: MIRROR === undefined,
  fn: () =>
    inFolder(async (folder) => {
      const cache = `${folder}/cache`;
      const names = ["aime2024", "aime2025", "amc23", "math500", "gsm8k", "gsm8k_train"];
      const flags = { cache, mirror: MIRROR!, offline: true };
      const fetched = await captured(() => run({ positionals: ["fetch", ...names], flags }));
      assertEquals([fetched.code, fetched.stdout.split("\n").length], [0, names.length]);
      const mirror = `${folder}/none`;
      const verified = await captured(() => run({ positionals: ["verify", ...names], flags: { cache, mirror } }));
      assertEquals([verified.code, verified.stderr], [0, ""]);
      assertStringIncludes(
        verified.stdout,
        "aime2025/0018: 5 x form feed in place of a backslash and a letter; mended in",
      );
      assertStringIncludes(verified.stdout, "gsm8k_train: 1 evaluation problems among its 7473");
    }),
});
