import { assertEquals, assertRejects } from "@std/assert";
import { pause, ServerPool } from "../../src/cluster/sampling_pool.ts";
import { InterruptedError } from "../../src/interruption.ts";
import { type FakeOptions, type FakeServer, startFakeServer } from "./fake_server.ts";

async function fakes(...options: FakeOptions[]): Promise<FakeServer[] & AsyncDisposable> {
  const servers = await Promise.all(options.map(startFakeServer));
  return Object.assign(servers, {
    [Symbol.asyncDispose]: async () => void await Promise.all(servers.map((server) => server[Symbol.asyncDispose]())),
  });
}

function open(servers: readonly FakeServer[], more: object = {}, notes: string[] = []): Promise<ServerPool> {
  return ServerPool.open(servers.map(({ address }) => address), {
    timeoutMs: 5000,
    atOnce: 2,
    lookMs: 10,
    patienceMs: 60_000,
    onNote: (text) => notes.push(text),
    ...more,
  });
}

Deno.test("requests go to the server with the fewest, and wait where all have enough", async () => {
  await using servers = await fakes({}, {}, {});
  using pool = await open(servers);
  const taken = [];
  for (let i = 0; i < 6; i++) taken.push((await pool.take()).name);
  assertEquals(taken.toSorted(), ["1", "1", "2", "2", "3", "3"].map((n) => `server ${n} of 3`));
  const waiting = pool.take();
  const [first] = servers;
  pool.release({ address: first.address, name: "" });
  assertEquals((await waiting).name, "server 1 of 3");
});

Deno.test("a server that goes is left out, and comes back", async () => {
  await using servers = await fakes({}, {});
  const notes: string[] = [];
  using pool = await open(servers, {}, notes);
  const [, second] = servers;
  second.here = false;
  const taken = await pool.take();
  pool.suspect({ address: second.address, name: "" });
  while (pool.count.here === 2) await pause(5);
  assertEquals(pool.count, { all: 2, here: 1 });
  assertEquals((await pool.take()).name, taken.name);
  second.here = true;
  assertEquals((await pool.take()).name, "server 2 of 2");
  assertEquals(notes, ["server 2 of 2 does not answer, and is left out", "server 2 of 2 is back"]);
});

Deno.test("one that did not answer at the start is taken in later", async () => {
  await using servers = await fakes({}, {});
  servers[0].here = false;
  using pool = await open(servers);
  assertEquals(pool.count.here, 1);
  servers[0].here = true;
  while (pool.count.here === 1) await pause(5);
});

Deno.test("patience with no server at all ends with an error, and an interruption ends the wait", async () => {
  await using servers = await fakes({});
  using pool = await open(servers, { patienceMs: 30 });
  const stop = new AbortController();
  const [one] = [await pool.take(), await pool.take()];
  const interrupted = pool.take(stop.signal);
  stop.abort("SIGINT");
  await assertRejects(() => interrupted, InterruptedError);
  servers[0].here = false;
  pool.suspect(one);
  await assertRejects(() => pool.take(), Error, "no server has answered");
});

Deno.test("servers that differ are refused, at the start and when one comes back as another", async () => {
  await using servers = await fakes({}, { engine: "sglang" });
  await assertRejects(() => open(servers), Error, "servers that differ");
  servers[1].here = false;
  using pool = await open(servers);
  servers[1].here = true;
  const [one] = [await pool.take(), await pool.take()];
  pool.suspect(one);
  await assertRejects(() => pool.take(), Error, "it serves fake by sglang 0.0.fake");
});

Deno.test("no server at all is told at once", async () => {
  await using servers = await fakes({});
  servers[0].here = false;
  await assertRejects(() => open(servers), Error, "the server does not answer");
});
