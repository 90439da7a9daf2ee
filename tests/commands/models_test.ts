import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { run } from "../../src/commands/models.ts";
import { BenchError, UsageError } from "../../src/errors.ts";
import { withServer } from "../datasets/loopback.ts";
import { COMMIT, FILES, MODEL, served } from "../checkpoint/hub/hub.ts";
import { captured, inFolder } from "./captured.ts";
import { createHash } from "node:crypto";

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
    assertMatch(
      shown.stdout,
      /^ {2}meta-llama\/Llama-3\.2-3B-Instruct@[0-9a-f]{40} {2}\(Llama 3\.2 licence, gated\)$/m,
    );
  });
});

Deno.test("a .gguf file becomes a model by name, and list shows it", async () => {
  await inFolder(async (cache) => {
    const from = "tests/golden/gguf/qwen2.gguf";
    const taken = await captured(() =>
      run({ positionals: ["fetch", "own/qwen2"], flags: { cache, from, quiet: true } })
    );
    const sha256 = createHash("sha256").update(Deno.readFileSync(from)).digest("hex");
    const name = `own/qwen2@${sha256.slice(0, 40)}`;
    assertEquals(taken.stdout, `${name}: 0.0 MB from ${from}, in ${cache}/${name.replace("@", "/")}`);
    const { stdout } = await captured(() => run({ positionals: [], flags: { cache } }));
    assertEquals(stdout.split("\n")[0], `${name}  0.0 MB  ${cache}/${name.replace("@", "/")}`);
    await assertRejects(
      () => run({ positionals: ["fetch", "own/a", "own/b"], flags: { cache, from } }),
      UsageError,
      "name one model",
    );
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
