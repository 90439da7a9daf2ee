import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { askServer, isSameServing, servedName, serverAddress } from "../../src/cluster/sampling_servers.ts";
import { type FakeOptions, startFakeServer } from "./fake_server.ts";

const ASK = { timeoutMs: 5000 };

async function account(options: FakeOptions, settings: { model?: string; key?: string } = {}) {
  await using server = await startFakeServer(options);
  return await askServer(server.address, { ...ASK, ...settings });
}

Deno.test("servers are told apart by what they say, and their keys are not kept", async () => {
  const told = { version: "0.0.fake", model: "/models/fake", maxPositions: 4096 };
  assertEquals(await account({ engine: "vllm" }), { engine: "vllm", ...told });
  assertEquals(await account({ engine: "sglang" }), { engine: "sglang", ...told });
  assertEquals(await account({ engine: "sglang-soft" }), { engine: "sglang-soft", ...told, mixed: 5 });
  assertEquals(await account({ engine: "openai" }), { engine: "openai", ...told, version: null });
});

Deno.test("a soft-thinking server whose noise is another is refused", async () => {
  for (const info of [{ add_noise_gumbel_softmax: false }, { noise_gumbel: null }, { add_noise_dirichlet: true }]) {
    await assertRejects(() => account({ engine: "sglang-soft", info }), Error, "other noise");
  }
});

Deno.test("a key is asked for, a model is chosen by name, and what is no sampling server is told", async () => {
  await assertRejects(() => account({ key: "k" }), Error, "set SOFT_GRPO_BENCH_API_KEY");
  assertEquals((await account({ key: "k" }, { key: "k" }))?.engine, "vllm");
  await assertRejects(() => account({ model: "one" }, { model: "onn" }), Error, "did you mean one?");
  const listener = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => Response.json([]));
  await assertRejects(
    () => askServer(`http://127.0.0.1:${listener.addr.port}`, ASK),
    Error,
    "is it a sampling server?",
  );
  await listener.shutdown();
  assertEquals(await askServer("http://127.0.0.1:1", ASK), undefined);
});

Deno.test("addresses are of the web, and hold no password", () => {
  assertEquals(serverAddress("http://a:8000/"), "http://a:8000");
  assertEquals(serverAddress("https://a/base/v1"), "https://a/base");
  for (const wrong of ["a:8000", "ftp://a", "http://a?key=1", "http://a#b", ""]) {
    assertThrows(() => serverAddress(wrong), Error, "expected an address");
  }
  assertThrows(() => serverAddress("http://u:p@a"), Error, "password");
});

Deno.test("a model's name goes without the folders of its machine, and servers of another version differ", () => {
  assertEquals(["/data/x/Qwen", "C:\\m\\Qwen", "org/Qwen"].map((model) => servedName({ model })), [
    "Qwen",
    "Qwen",
    "org/Qwen",
  ]);
  const one = { engine: "vllm", version: "1", model: "/a/Qwen" } as const;
  assertEquals(isSameServing(one, { ...one, model: "/b/Qwen" }), true);
  assertEquals(isSameServing(one, { ...one, version: "2" }), false);
});

Deno.test("a server that is too busy to tell its version has not answered, and is none of another version", async () => {
  const models = { data: [{ id: "m", owned_by: "vllm" }] };
  const listener = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    ({ url }) => url.endsWith("/v1/models") ? Response.json(models) : new Response("busy", { status: 503 }),
  );
  assertEquals(await askServer(`http://127.0.0.1:${listener.addr.port}`, ASK), undefined);
  await listener.shutdown();
});
