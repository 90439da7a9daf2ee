import { assertEquals, assertRejects } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { download, MissingFile, UnreachableHost } from "../../src/datasets/download.ts";
import { sha256 } from "../../src/files/hash.ts";
import { isPresent } from "../../src/files/read.ts";
import { utf8, withServer } from "./loopback.ts";

const bytes = utf8("the published file, 36 bytes of text");
const pin = { sha256: sha256(bytes), bytes: bytes.length };

Deno.test("a download gives the pinned bytes and leaves nothing behind", async () => {
  await withServer({ "a": { bytes } }, async ({ origin, folder, requests }) => {
    const seen: number[] = [];
    const onProgress = ({ receivedBytes, totalBytes }: { receivedBytes: number; totalBytes?: number }) =>
      seen.push(receivedBytes, totalBytes!);
    assertEquals(await download(`${origin}/a`, { pin, part: `${folder}/a.part`, onProgress }), bytes);
    assertEquals(requests, [{ path: "a", range: null }]);
    assertEquals(seen.slice(-2), [bytes.length, bytes.length]);
    assertEquals([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("a broken transfer is continued where it broke", async () => {
  await withServer({ "a": { bytes, breaks: [7, 5] } }, async ({ origin, folder, requests }) => {
    assertEquals(await download(`${origin}/a`, { pin, part: `${folder}/a.part` }), bytes);
    assertEquals(requests.map(({ range }) => range), [null, "bytes=7-", "bytes=12-"]);
  });
});

Deno.test("half a download is kept, and the next run continues it", async () => {
  await withServer({ "a": { bytes, breaks: [7] } }, async ({ origin, folder, requests }) => {
    const part = `${folder}/a.part`;
    const options = { pin, part, attempts: 1 };
    await assertRejects(
      () => download(`${origin}/a`, options),
      BenchError,
      `the transfer broke after 7 of ${bytes.length} bytes`,
    );
    assertEquals(Deno.readFileSync(part), bytes.slice(0, 7));
    assertEquals(await download(`${origin}/a`, options), bytes);
    assertEquals(requests.at(-1)!.range, "bytes=7-");
    assertEquals(isPresent(part), false);
  });
});

Deno.test("a server without ranges starts over, and gives the same bytes", async () => {
  await withServer({ "a": { bytes, breaks: [7], ignoreRanges: true } }, async ({ origin, folder }) => {
    assertEquals(await download(`${origin}/a`, { pin, part: `${folder}/a.part` }), bytes);
  });
});

Deno.test("what an earlier run left of another file does not condemn the server", async () => {
  await withServer({ "a": { bytes } }, async ({ origin, folder, requests }) => {
    const part = `${folder}/a.part`;
    for (const [left, ranges] of [["WRONG", ["bytes=5-", null]], ["x".repeat(99), [null]]] as const) {
      Deno.writeTextFileSync(part, left);
      requests.length = 0;
      assertEquals(await download(`${origin}/a`, { pin, part }), bytes);
      assertEquals(requests.map(({ range }) => range), ranges);
    }
  });
});

Deno.test("without a length in the pin, a part that is too long is dropped", async () => {
  await withServer({ "a": { bytes } }, async ({ origin, folder }) => {
    const part = `${folder}/a.part`;
    Deno.writeTextFileSync(part, "x".repeat(99));
    assertEquals(await download(`${origin}/a`, { pin: { sha256: pin.sha256 }, part }), bytes);
  });
});

Deno.test("wrong bytes, a missing file, a refusal and a silent server are told apart", async () => {
  const files = { "wrong": { bytes: utf8("something else, 36 bytes of text....") }, "no": { bytes, status: 503 } };
  await withServer(files, async ({ origin, folder }) => {
    const part = `${folder}/a.part`;
    const fails = (path: string, message: string, Kind = BenchError) =>
      assertRejects(() => download(`${origin}/${path}`, { pin, part }), Kind, message);
    await fails("wrong", `found sha256 ${sha256(files.wrong.bytes)}, expected ${pin.sha256}`);
    await fails("missing", "found HTTP status 404, expected the file", MissingFile);
    await fails("no", "found HTTP status 503, expected the file");
    assertEquals(isPresent(part), false);
  });
  const folder = Deno.makeTempDirSync();
  const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${silent.addr.port}/a`;
  await assertRejects(
    () => download(url, { pin, part: `${folder}/a.part`, attempts: 1, idleMs: 40 }),
    UnreachableHost,
    "no connection (no data for 0.04 s)",
  );
  silent.close();
  await assertRejects(() => download(url, { pin, part: `${folder}/a.part` }), UnreachableHost, "no connection");
  Deno.removeSync(folder, { recursive: true });
});

/** A server whose body comes in pieces, one every so many milliseconds, without an end. */
async function withEndless(
  piece: Uint8Array<ArrayBuffer>,
  everyMs: number,
  use: (origin: string, folder: string) => Promise<void>,
): Promise<void> {
  const timers: ReturnType<typeof setInterval>[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        timers.push(setInterval(() => controller.enqueue(piece), everyMs));
      },
      cancel: () => timers.forEach((timer) => clearInterval(timer)),
    });
    return new Response(body);
  });
  try {
    await use(`http://127.0.0.1:${server.addr.port}/a`, Deno.makeTempDirSync());
  } finally {
    timers.forEach((timer) => clearInterval(timer));
    await server.shutdown();
  }
}

Deno.test("a body that does not end is given up at the length that is known, and leaves nothing behind", async () => {
  await withEndless(new Uint8Array(1000), 1, async (url, folder) => {
    await assertRejects(
      () => download(url, { pin: { ...pin, bytes: 7001 }, part: `${folder}/a.part` }),
      BenchError,
      "found more than 7001 bytes, expected 7001",
    );
    assertEquals([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("a server that sends a few bytes at a time for ever is as good as silent", async () => {
  await withEndless(new Uint8Array(2), 5, async (url, folder) => {
    const options = { pin: { ...pin, bytes: 70_001 }, part: `${folder}/a.part`, attempts: 1, idleMs: 200 };
    await assertRejects(() => download(url, options), BenchError, "no data for 0.2 s");
  });
});
