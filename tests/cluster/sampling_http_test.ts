import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { exchange, retryAfterMs } from "../../src/cluster/sampling_http.ts";
import { InterruptedError } from "../../src/interruption.ts";
import { type Fault, startFakeServer } from "./fake_server.ts";

const LIMITS = { timeoutMs: 5000, mostBytes: 1 << 17 };
const BODY = { prompt: [2, 3], max_tokens: 17, seed: 5 };

/** What comes of a request that meets a fault. */
async function met(fault: Fault, limits = LIMITS) {
  await using server = await startFakeServer({ faultShare: 1, faults: [fault] });
  return await exchange(`${server.address}/v1/completions`, { ...limits, body: BODY });
}

const WHY: readonly (readonly [Fault, string, boolean])[] = [
  ["cut before the answer", "the connection was refused or broke off", true],
  ["cut within the answer", "the connection was refused or broke off", true],
  ["429 with Retry-After", "status 429", false],
  ["500", "status 500", true],
  ["503", "status 503", true],
  ["torn JSON", "an answer that is no JSON", false],
];

for (const [fault, why, away] of WHY) {
  Deno.test(`a request that meets "${fault}" may be sent again`, async () => {
    const came = await met(fault);
    assertEquals(came, { kind: "failed", why, away, ...(fault.startsWith("429") && { afterMs: 0 }) });
  });
}

Deno.test("an answer that does not come is given up, and one that is too long is not read", async () => {
  assertEquals(await met("hang", { ...LIMITS, timeoutMs: 70 }), {
    kind: "failed",
    why: "no answer within 0.07 s",
    away: true,
  });
  // 65,536 + 512 x 17 letters and more.
  assertEquals(await met("over-long text", { ...LIMITS, mostBytes: 70_000 }), {
    kind: "failed",
    why: "an answer of more than 70000 bytes",
    away: false,
  });
});

Deno.test("a refusal is told in one short line, without the key that was sent", async () => {
  await using server = await startFakeServer({ key: "right" });
  const came = await exchange(`${server.address}/v1/completions`, { ...LIMITS, body: BODY, key: "a-wrong-key" });
  if (came.kind !== "refused") throw new Error(`expected a refusal, found ${came.kind}`);
  assertEquals(came.status, 401);
  assertStringIncludes(came.text, "no such key");
  assertEquals(came.text.includes("a-wrong-key"), false);
});

Deno.test("a redirection is not followed: the key is not for there", async () => {
  await using other = await startFakeServer();
  const listener = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => new Response(null, { status: 307, headers: { location: `${other.address}/v1/completions` } }),
  );
  const came = await exchange(`http://127.0.0.1:${listener.addr.port}/x`, { ...LIMITS, body: BODY, key: "k" });
  await listener.shutdown();
  assertEquals([came.kind, other.bodies.length], ["refused", 0]);
});

Deno.test("an interruption stops a request at once", async () => {
  await using server = await startFakeServer({ faultShare: 1, faults: ["hang"] });
  const stop = new AbortController();
  const came = exchange(`${server.address}/v1/completions`, { ...LIMITS, body: BODY, abort: stop.signal });
  setTimeout(() => stop.abort("SIGTERM"), 20);
  const error = await assertRejects(() => came, InterruptedError);
  assertEquals(error.signal, "SIGTERM");
});

Deno.test("Retry-After is seconds or a date, of at most a minute", () => {
  const time = "2026-01-02T03:04:05.000Z";
  assertEquals(retryAfterMs("7", time), 7000);
  assertEquals(retryAfterMs("Fri, 02 Jan 2026 03:04:18 GMT", time), 13_000);
  assertEquals(retryAfterMs("Fri, 02 Jan 2026 03:04:01 GMT", time), 0);
  assertEquals(retryAfterMs("86400", time), 60_000);
  assertEquals([retryAfterMs("soon", time), retryAfterMs(null, time)], [undefined, undefined]);
});
