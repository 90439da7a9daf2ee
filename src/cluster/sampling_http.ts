/**
 * One request to a sampling server: bounded in time and size, and told apart by what the caller may do next. What comes
 * back is untrusted.
 *
 * @module
 */
import { dateTime } from "../clock.ts";
import { throwIfInterrupted } from "../interruption.ts";
import { visible } from "../text/visible.ts";

/** What came of a request. */
export type Exchange =
  /** JSON of some form. */
  | { readonly kind: "answer"; readonly value: unknown }
  /** The request itself is wrong there; the same again would be refused again. */
  | { readonly kind: "refused"; readonly status: number; readonly text: string }
  /** Nothing that can be used came, and another attempt may do better. */
  | FailedExchange;

/** A request that may be sent again. */
export interface FailedExchange {
  readonly kind: "failed";
  /** In a few words, behind "failed: ". */
  readonly why: string;
  /** Whether the server may be gone, so that somebody should look. */
  readonly away: boolean;
  /** What the server asked to wait, ms. */
  readonly afterMs?: number;
}

/** How a request is sent. */
export interface ExchangeSettings {
  /** Sent as JSON by POST; absent: GET. */
  readonly body?: unknown;
  /** Sent as a bearer token; stands in no text that comes out of here. */
  readonly key?: string;
  /** Most time from the first byte sent to the last received. */
  readonly timeoutMs: number;
  /** Longest answer that is read. */
  readonly mostBytes: number;
  /** Stops it at once. */
  readonly abort?: AbortSignal;
}

/** Statuses by which a server asks for another attempt, beside all from 500 on. */
const AGAIN: ReadonlySet<number> = new Set([408, 429]);
const FIRST_SERVER_ERROR = 500;
/** Letters of a server's own words that an error repeats. */
const MOST_SHOWN = 200;
/** Whatever a server asks, it is tried again by then. */
const MOST_AFTER_MS = 60_000;

/**
 * Sends one request.
 *
 * @param url of the route, without a query
 * @throws {InterruptedError} If `abort` is aborted
 */
export async function exchange(url: string, settings: ExchangeSettings): Promise<Exchange> {
  const { abort, timeoutMs } = settings;
  throwIfInterrupted(abort);
  const stop = new AbortController();
  let late = false;
  const onAbort = () => stop.abort();
  const timer = setTimeout(() => {
    late = true;
    stop.abort();
  }, timeoutMs);
  abort?.addEventListener("abort", onAbort);
  try {
    return await answerOf(url, settings, stop.signal);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throwIfInterrupted(abort);
    if (late) return { kind: "failed", why: `no answer within ${timeoutMs / 1000} s`, away: true };
    return { kind: "failed", why: "the connection was refused or broke off", away: true };
  } finally {
    clearTimeout(timer);
    abort?.removeEventListener("abort", onAbort);
  }
}

async function answerOf(
  url: string,
  { body, key, mostBytes }: ExchangeSettings,
  signal: AbortSignal,
): Promise<Exchange> {
  const response = await fetch(url, {
    signal,
    // Elsewhere there is no permission, and the key is not for there.
    redirect: "manual",
    headers: {
      accept: "application/json",
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
  });
  const text = await boundedText(response, mostBytes);
  const { status, ok } = response;
  if (!ok && (AGAIN.has(status) || status >= FIRST_SERVER_ERROR)) {
    const afterMs = retryAfterMs(response.headers.get("retry-after"));
    const away = status >= FIRST_SERVER_ERROR;
    return { kind: "failed", why: `status ${status}`, away, ...(afterMs !== undefined && { afterMs }) };
  }
  if (!ok) return { kind: "refused", status, text: shownText(text ?? "", key) };
  if (text === undefined) return { kind: "failed", why: `an answer of more than ${mostBytes} bytes`, away: false };
  try {
    return { kind: "answer", value: JSON.parse(text) };
  } catch {
    return { kind: "failed", why: "an answer that is no JSON", away: false };
  }
}

/** The body; undefined where it is longer than allowed, whose rest is not read. */
async function boundedText({ body }: Response, mostBytes: number): Promise<string | undefined> {
  if (body === null) return "";
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body) {
    bytes += part.length;
    // Leaving the loop cancels the stream.
    if (bytes > mostBytes) return undefined;
    parts.push(part);
  }
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return new TextDecoder().decode(whole);
}

/**
 * What a `Retry-After` header asks for, in ms: seconds, or a date. Undefined where it is neither.
 *
 * @param time now, ISO 8601; another in tests
 */
export function retryAfterMs(header: string | null, time: string = dateTime()): number | undefined {
  if (header === null) return undefined;
  const asked = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.parse(time);
  return Number.isFinite(asked) ? Math.min(MOST_AFTER_MS, Math.max(0, asked)) : undefined;
}

/** A server's words in one line: it may repeat the key that it was sent. */
function shownText(text: string, key: string | undefined): string {
  const line = visible(text.replaceAll(/\s+/g, " ").trim());
  const safe = key === undefined || key === "" ? line : line.replaceAll(key, "…");
  return safe.length > MOST_SHOWN ? `${safe.slice(0, MOST_SHOWN - 1)}…` : safe;
}
