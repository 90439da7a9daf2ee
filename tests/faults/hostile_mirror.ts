/**
 * A mirror on this machine that does everything wrong a server can: each fetch ends in one line and in bounded time, leaves
 * no large file, and nothing outside of its folder.
 *
 * @module
 */
import { fetchModel } from "../../src/checkpoint/hub/fetch.ts";
import { cachedModels } from "../../src/checkpoint/hub/cache.ts";
import { BenchError } from "../../src/errors.ts";
import { COMMIT, FILES, MODEL, siblings } from "../checkpoint/hub/hub.ts";
import { paths } from "../end_to_end/command_line.ts";
import type { Case, Kind } from "./table.ts";

/** How long a server may be silent here. */
const IDLE_MS = 8000;
/** A fetch that takes longer is stuck; it may try three times. */
const STUCK_MS = 120_000;
/** More than this is not left behind. */
const MOST_BYTES = 100_000;

/** What a mirror answers to a request. */
type Mirror = (path: string, request: Request) => Response | undefined;

const encoder = new TextEncoder();
const LIST = { sha: COMMIT, siblings: siblings() };

/** The answer that lists files; others are what they must be, or what a behaviour makes of them. */
function listing(list: unknown): Mirror {
  return (path) => path.startsWith("api/") ? new Response(JSON.stringify(list)) : undefined;
}

/** What a behaviour answers for the weights; the list is as it must be. */
function weights(answer: (bytes: Uint8Array<ArrayBuffer>, request: Request) => Response): Mirror {
  return (path, request) =>
    path.startsWith("api/")
      ? new Response(JSON.stringify(LIST))
      : path.endsWith("model.safetensors")
      ? answer(FILES["model.safetensors"], request)
      : undefined;
}

/** A body that never ends. */
function endless(piece: Uint8Array, everyMs: number): ReadableStream<Uint8Array> {
  let timer: ReturnType<typeof setInterval>;
  return new ReadableStream({
    start: (controller) => {
      timer = setInterval(() => controller.enqueue(piece), everyMs);
    },
    cancel: () => clearInterval(timer),
  });
}

function renamed(name: string): unknown {
  return {
    ...LIST,
    siblings: [...siblings(), { ...siblings()[0], rfilename: name }],
  };
}

function changedPin(change: Record<string, unknown>): unknown {
  return {
    ...LIST,
    siblings: siblings().map((one) => one.rfilename === "config.json" ? { ...one, ...change } : one),
  };
}

/** What a mirror may do, and whether the model comes whole all the same. */
const BEHAVIOURS: Readonly<Record<string, { readonly mirror: Mirror; readonly comes?: boolean }>> = {
  "answers as it must": { mirror: listing(LIST), comes: true },
  "has no such model": { mirror: () => new Response("no", { status: 404 }) },
  "is broken": { mirror: () => new Response("no", { status: 500 }) },
  "lists in no JSON": { mirror: (path) => path.startsWith("api/") ? new Response("<html>") : undefined },
  "lists null": { mirror: listing(null) },
  "lists null as files": { mirror: listing({ sha: COMMIT, siblings: null }) },
  "lists things that are no files": { mirror: listing({ sha: COMMIT, siblings: [null, 5, "a", [], {}] }) },
  "lists no commit": { mirror: listing({ ...LIST, sha: "../../evil" }) },
  "lists without end": {
    mirror: (path) => path.startsWith("api/") ? new Response(endless(new Uint8Array(2 ** 20), 1)) : undefined,
  },
  "lists ever so slowly": {
    mirror: (path) => path.startsWith("api/") ? new Response(endless(encoder.encode("[["), 20)) : undefined,
  },
  "names a file out of the folder": { mirror: listing(renamed("../../../evil.json")), comes: true },
  "names an absolute path": { mirror: listing(renamed("/tmp/evil.json")), comes: true },
  "names a file twice": {
    mirror: listing({ ...LIST, siblings: [...siblings(), { ...siblings()[1], rfilename: "config.json" }] }),
  },
  "has a length below 0": { mirror: listing(changedPin({ size: -5 })) },
  "has a length of half a byte": { mirror: listing(changedPin({ size: 0.5 })) },
  "has an enormous length": { mirror: listing(changedPin({ size: 1e300 })) },
  "has a hash that is a path": { mirror: listing(changedPin({ blobId: "../../../x" })) },
  "sends other bytes": { mirror: weights(({ length }) => new Response(new Uint8Array(length))) },
  "sends too few bytes": { mirror: weights((bytes) => new Response(bytes.slice(1))) },
  "sends too many bytes": { mirror: weights((bytes) => new Response(new Uint8Array([...bytes, 0]))) },
  "sends nothing": { mirror: weights(() => new Response(null)) },
  "sends without end": { mirror: weights(() => new Response(endless(new Uint8Array(2 ** 16), 1))) },
  "sends ever so slowly": { mirror: weights(() => new Response(endless(new Uint8Array(1), 40))) },
  "says nothing at all": { mirror: weights(() => new Response(endless(new Uint8Array(0), 1e6))) },
  "continues where nobody asked": {
    mirror: weights((bytes) =>
      new Response(bytes.slice(7), { status: 206, headers: { "content-range": `bytes 7-40/${bytes.length}` } })
    ),
  },
  "lies about a continuation": {
    mirror: weights((bytes) =>
      new Response(bytes, { status: 206, headers: { "content-range": `bytes 0-${1e15}/${1e15}` } })
    ),
    comes: true,
  },
  "sends a body that grows when it is unpacked": {
    mirror: weights(() => {
      const zeros = new Blob([new Uint8Array(2 ** 24)]).stream().pipeThrough(new CompressionStream("gzip"));
      return new Response(zeros, { headers: { "content-encoding": "gzip" } });
    }),
  },
  "redirects in a circle": {
    mirror: weights((_, { url }) => new Response(null, { status: 302, headers: { location: url } })),
  },
  "redirects to a file": {
    mirror: weights(() => new Response(null, { status: 302, headers: { location: "file:///etc/passwd" } })),
  },
  "redirects to nowhere": {
    mirror: weights(() => new Response(null, { status: 302, headers: { location: "http://127.0.0.1:1/" } })),
  },
  "redirects to no address": {
    mirror: weights(() => new Response(null, { status: 302, headers: { location: "http://[" } })),
  },
};

/** The kind. */
export function hostileMirror(): Kind {
  const cases = Object.entries(BEHAVIOURS).map(([name, { mirror, comes = false }]): Case => ({
    name,
    run: () => fetched(mirror, comes),
  }));
  return { name: "hostile mirror", cases };
}

async function fetched(mirror: Mirror, comes: boolean): Promise<string | undefined> {
  const outer = Deno.makeTempDirSync({ prefix: "faults-mirror-" });
  const cache = `${outer}/a/b/cache`;
  const connections = new AbortController();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {}, signal: connections.signal, onError: () => new Response("no") },
    (request) => {
      const path = decodeURIComponent(new URL(request.url).pathname.slice(1));
      return mirror(path, request) ?? new Response(FILES[path.split("/").at(-1)!] ?? "no", {
        status: path.split("/").at(-1)! in FILES ? 200 : 404,
      });
    },
  );
  try {
    const options = { cache, mirror: `http://127.0.0.1:${server.addr.port}`, idleMs: IDLE_MS };
    const whole = fetchModel({ model: MODEL, revision: "main" }, options).then(() => undefined, (error) => error);
    const error = await Promise.race([whole, later(STUCK_MS)]);
    return faultOf(error, comes) ?? leftOver(outer, cache, comes);
  } finally {
    connections.abort();
    await server.finished.catch(() => {});
    Deno.removeSync(outer, { recursive: true });
  }
}

function faultOf(error: unknown, comes: boolean): string | undefined {
  if (error === STUCK) return "came to no end";
  if (error === undefined) return comes ? undefined : "was accepted";
  if (comes) return `was refused: ${error}`;
  if (!(error instanceof BenchError)) return `a fault instead of a line: ${error}`;
  return error.message.split("\n").length > 2 ? `more than two lines: ${error.message}` : undefined;
}

function leftOver(outer: string, cache: string, comes: boolean): string | undefined {
  if (comes !== (cachedModels(cache).length === 1)) return "the cache says otherwise";
  const outside = paths(outer).filter((path) => !path.startsWith(`a/b/cache/${MODEL}/`));
  if (outside.length > 0) return `wrote ${outside.join(", ")}`;
  const large = paths(outer).find((path) => Deno.statSync(`${outer}/${path}`).size > MOST_BYTES);
  return large && `left ${large} of ${Deno.statSync(`${outer}/${large}`).size} bytes`;
}

const STUCK = Symbol("stuck");

function later(ms: number): Promise<typeof STUCK> {
  return new Promise((resolve) => Deno.unrefTimer(setTimeout(() => resolve(STUCK), ms)));
}
