/**
 * Answers a browser on this machine: read-only, a handful of paths, nothing of which comes from elsewhere.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import type { Markup } from "../report/markup.ts";
import { reportPage } from "../report/page.ts";
import { ICON, LIVE_STYLE, SCRIPT } from "./assets.ts";
import { curveSection, liveDocument, liveParts, messageParts, PATHS } from "./live_page.ts";
import { curvesState, runFolderNames, watchCurves, watchResults, watchRun, watchSamples } from "./run_reader.ts";

/** Loopback alone, whatever the machine's network. */
export const HOSTNAME = "127.0.0.1";
/** Names by which a browser on this machine may call it: another's would be a page elsewhere that was bound to our address. */
const HOSTNAMES = [HOSTNAME, "localhost"];
const SAMPLES = 6;

/** Nothing but what this server sends, no inline script or style sheet, no frame around it; a plot tells its least width. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src-elem 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

/** What is shown, and the clock. */
export interface ViewOptions {
  /** Folder of run folders. */
  readonly runs: string;
  /** The run folder that is shown where none is asked for (default: the one that changed last). */
  readonly run?: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/**
 * What answers requests. A request is answered if it was sent to this machine by name and asks to read.
 *
 * @param port where the server listens
 */
export function viewHandler(options: ViewOptions, port: () => number): (request: Request) => Response {
  const curves = new CurveCache(options.runs);
  return (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const host = request.headers.get("host") ?? "";
    if (!HOSTNAMES.some((name) => host === `${name}:${port()}`)) return refusal(421, "Not the name of this server");
    if (request.method !== "GET" && request.method !== "HEAD") return refusal(405, "Only reading is possible here");
    const asked = searchParams.get("run") ?? options.run;
    switch (pathname) {
      case PATHS.script:
        return answer(SCRIPT, "text/javascript");
      case PATHS.style:
        return answer(LIVE_STYLE, "text/css");
      case PATHS.icon:
        return answer(ICON, "image/svg+xml");
      case "/":
      case PATHS.state:
      case PATHS.report:
        return page(pathname, asked, options, curves);
      default:
        return refusal(404, "There is nothing here");
    }
  };
}

function page(path: string, asked: string | undefined, { runs, clock }: ViewOptions, curves: CurveCache): Response {
  const message = (text: string, status: number) => htmlAnswer(path, "Nothing to show", messageParts(text), status);
  const names = runFolderNames(runs);
  const name = asked ?? names[0];
  if (name === undefined) return message(`No experiment has run in ${runs}/ yet.`, 200);
  // Only names from the list become paths.
  if (!names.includes(name)) return message(`There is no run folder ${name}.`, 404);
  try {
    if (path === PATHS.report) return report(runs, name) ?? message("No run has finished yet.", 200);
    const run = watchRun(runs, name);
    const content = { names, run, curves: curves.of(run), samples: watchSamples(runs, run, SAMPLES), now: clock() };
    return htmlAnswer(path, run.config.name, liveParts(content), 200);
  } catch (error) {
    if (error instanceof BenchError) return message(error.message, 500);
    throw error;
  }
}

/** A document, or its parts alone for a page that is open already. */
function htmlAnswer(path: string, title: string, parts: readonly Markup[], status: number): Response {
  return answer(path === PATHS.state ? parts.join("") : liveDocument(title, parts), "text/html", status);
}

/** The report of results that a run folder holds, which forbids itself everything; undefined where there are none. */
function report(runs: string, name: string): Response | undefined {
  const results = watchResults(runs, name);
  if (results.length === 0) return undefined;
  const body = reportPage({ results, samples: [] });
  return new Response(body, {
    headers: {
      ...HEADERS,
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "frame-ancestors 'none'",
    },
  });
}

function refusal(status: number, text: string): Response {
  return answer(`${text}\n`, "text/plain", status);
}

function answer(body: string, type: string, status = 200): Response {
  const headers = { ...HEADERS, "content-type": `${type}; charset=utf-8`, "content-security-policy": POLICY };
  return new Response(body, { status, headers });
}

/** Drawing takes longer than everything else, and curves change only with a step. */
class CurveCache {
  readonly #runs: string;
  #key = "";
  #section: Markup | undefined;

  constructor(runs: string) {
    this.#runs = runs;
  }

  of(run: Parameters<typeof watchCurves>[1]): Markup | undefined {
    const key = `${run.name} ${curvesState(this.#runs, run)}`;
    if (key !== this.#key) {
      this.#section = curveSection(watchCurves(this.#runs, run));
      this.#key = key;
    }
    return this.#section;
  }
}
