/** A file server on this machine that can be told to misbehave, and a temporary folder. */

/** How the server answers one path. */
export interface ServedFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Bytes after which the first so many transfers of this path break. */
  readonly breaks?: number[];
  /** Whether range requests are answered with the whole file. */
  readonly ignoreRanges?: boolean;
  readonly status?: number;
}

/** One request as the server saw it. */
export interface SeenRequest {
  readonly path: string;
  readonly range: string | null;
}

/** Runs `use` with a server for `files` (by path, without the slash) and a folder that is gone afterwards. */
export async function withServer(
  files: Readonly<Record<string, ServedFile>>,
  use: (server: { origin: string; requests: SeenRequest[]; folder: string }) => Promise<void>,
): Promise<void> {
  const requests: SeenRequest[] = [];
  const folder = Deno.makeTempDirSync();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const path = decodeURIComponent(new URL(request.url).pathname.slice(1));
    const range = request.headers.get("range");
    requests.push({ path, range });
    return answer(files[path], range);
  });
  try {
    await use({ origin: `http://127.0.0.1:${server.addr.port}`, requests, folder });
  } finally {
    await server.shutdown();
    Deno.removeSync(folder, { recursive: true });
  }
}

function answer(file: ServedFile | undefined, range: string | null): Response {
  if (!file) return new Response("no such file", { status: 404 });
  if (file.status !== undefined) return new Response("refused", { status: file.status });
  const start = range === null || file.ignoreRanges ? 0 : Number(range.match(/^bytes=(\d+)-$/)![1]);
  if (start > 0 && start >= file.bytes.length) return new Response(null, { status: 416 });
  const rest = file.bytes.slice(start);
  const breakAfter = file.breaks?.shift();
  const body = breakAfter === undefined ? rest : new ReadableStream<Uint8Array>({
    async pull(controller) {
      controller.enqueue(rest.slice(0, breakAfter));
      // What was written must reach the client before the connection is cut: the promised length is not reached.
      await new Promise((resolve) => setTimeout(resolve, 50));
      controller.close();
    },
  });
  const headers = new Headers({ "content-length": String(rest.length) });
  if (start > 0) headers.set("content-range", `bytes ${start}-${file.bytes.length - 1}/${file.bytes.length}`);
  return new Response(body, { status: start > 0 ? 206 : 200, headers });
}

/** Bytes of a text. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
