/**
 * Whether the hosts answer that downloads come from.
 *
 * @module
 */
import { durationText } from "../progress.ts";
import type { Fact } from "./fact.ts";
import { now } from "../clock.ts";

const HOSTS: readonly (readonly [host: string, purpose: string])[] = [
  ["raw.githubusercontent.com", "datasets"],
  ["media.githubusercontent.com", "datasets"],
  ["huggingface.co", "models"],
  ["storage.googleapis.com", "native TensorFlow"],
];
const PATIENCE_MS = 5000;

/** One fact a host. */
export async function networkFacts(): Promise<Fact[]> {
  return await Promise.all(HOSTS.map(async ([host, purpose]): Promise<Fact> => {
    const started = now();
    try {
      const response = await fetch(`https://${host}/`, { method: "HEAD", signal: AbortSignal.timeout(PATIENCE_MS) });
      await response.body?.cancel();
      return {
        area: "network",
        name: host,
        state: "ok",
        found: `answers in ${durationText(now() - started)}, ${purpose}`,
      };
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      const reason = (cause instanceof Error ? cause.message : String(cause)).split("\n")[0];
      return {
        area: "network",
        name: host,
        state: "absent",
        found: `cannot be reached (${purpose}): ${reason}`,
        fix: "set HTTPS_PROXY, or fetch elsewhere and give --mirror DIR",
      };
    }
  }));
}
