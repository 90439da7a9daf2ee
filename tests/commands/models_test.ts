import { assert, assertEquals, assertRejects } from "@std/assert";
import { run } from "../../src/commands/models.ts";
import { BenchError, UsageError } from "../../src/errors.ts";
import { withServer } from "../datasets/loopback.ts";
import { COMMIT, FILES, MODEL, served } from "../checkpoint/hub/hub.ts";
import { captured } from "./captured.ts";

Deno.test("fetch brings a model here, and list shows it", async () => {
  await withServer(served(), async ({ origin, folder: cache }) => {
    const fetched = await captured(() =>
      run({ positionals: ["fetch", MODEL], flags: { cache, mirror: origin, json: true } })
    );
    const bytes = Object.values(FILES).reduce((sum, file) => sum + file.length, 0);
    const model = { model: MODEL, commit: COMMIT, folder: `${cache}/${MODEL}/${COMMIT}` };
    assertEquals(fetched.code, 0);
    assertEquals(JSON.parse(fetched.stdout), { models: [{ ...model, from: origin, bytes }] });
    const listed = await captured(() => run({ positionals: [], flags: { cache, json: true } }));
    assertEquals(JSON.parse(listed.stdout), { models: [{ ...model, bytes }] });
    const shown = await captured(() => run({ positionals: ["list"], flags: { cache } }));
    assert(shown.stdout.startsWith(`${MODEL}@${COMMIT}  0.0 MB`));
    assert(shown.stdout.includes("meta-llama/Llama-3.2-3B-Instruct  (Llama 3.2 licence, gated)"));
  });
});

Deno.test("no name and a model that is nowhere are one line each", async () => {
  const flags = { cache: "tests/absent", offline: true };
  await assertRejects(() => run({ positionals: ["fetch"], flags }), UsageError, "name at least one");
  await assertRejects(
    () => run({ positionals: ["fetch", "a/b@c"], flags }),
    BenchError,
    "Cannot fetch a/b@c: it is not in",
  );
});
