/**
 * `view`: an experiment under way, in the browser.
 *
 * @module
 */
import { dateTime } from "../clock.ts";
import { BenchError } from "../errors.ts";
import { listenForInterruption } from "../interruption.ts";
import { HOSTNAME, viewHandler } from "../view/server.ts";
import { runFolderNames } from "../view/run_reader.ts";
import { EXIT } from "./command.ts";
import type { ViewArguments } from "./descriptions/results.ts";

const DEFAULT_PORT = 8787;

/** Serves until it is interrupted. @returns 0 */
export async function run({ positionals: [named], flags }: ViewArguments): Promise<number> {
  const { runs = "runs", port = DEFAULT_PORT } = flags;
  // A path to the folder is as good as its name.
  const run = named?.replace(/\/+$/, "").split("/").at(-1);
  const names = runFolderNames(runs);
  if (run !== undefined && !names.includes(run)) {
    const known = names.length === 0 ? "there is none" : `found ${names.join(", ")}`;
    throw new BenchError(
      `Cannot view ${named}: expected a run folder of ${runs}/, ${known}; --runs names another place`,
    );
  }
  const { abort, stop } = listenForInterruption();
  try {
    const server = listen(
      port,
      abort,
      viewHandler(
        { runs, ...(run !== undefined && { run }), clock: () => Date.parse(dateTime()) },
        () => server.addr.port,
      ),
    );
    console.log(`http://${HOSTNAME}:${server.addr.port}/`);
    console.error("reads runs, writes nothing; Ctrl-C ends it");
    await server.finished;
    return EXIT.ok;
  } finally {
    stop();
  }
}

function listen(
  port: number,
  signal: AbortSignal,
  handler: (request: Request) => Response,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ hostname: HOSTNAME, port, signal, onListen: () => {} }, handler);
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new BenchError(
      `Cannot listen on ${HOSTNAME}:${port}: another program does; give --port another number, or 0`,
      {
        cause: error,
      },
    );
  }
}
