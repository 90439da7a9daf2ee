/**
 * Programs that are started to be broken off, and what they leave.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** Root of the repository. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** No case takes this long, on however busy a machine: what does is stuck. */
const STUCK_MS = 400_000;

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether it had to be killed, as it came to no end. */
  readonly stuck: boolean;
}

/** A program under way. */
export interface Started {
  readonly child: Deno.ChildProcess;
  readonly ended: Promise<Ended>;
}

/**
 * Starts a program in the repository's root.
 *
 * @param env further variables; they are set by `env`, as Deno starts nothing itself under LD_PRELOAD
 */
export function start(words: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
  const variables = Object.entries({ NO_COLOR: "1", ...env }).map(([name, value]) => `${name}=${value}`);
  const child = new Deno.Command("env", {
    args: [...variables, ...words],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return { child, ended: end(child) };
}

async function end(child: Deno.ChildProcess): Promise<Ended> {
  let stuck = false;
  const timer = setTimeout(() => {
    stuck = true;
    child.kill("SIGKILL");
  }, STUCK_MS);
  try {
    const { code, signal, stdout, stderr } = await child.output();
    return { code, signal, stdout: text(stdout), stderr: text(stderr), stuck };
  } finally {
    clearTimeout(timer);
  }
}

/** Runs a program to its end. */
export function run(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return start(words, env).ended;
}

/** Words that run `src/cli/main.ts` with all permissions, which Deno demands for programs started under LD_PRELOAD. */
export const MAIN: readonly string[] = [Deno.execPath(), "run", "-A", "-q", "--no-check", "src/cli/main.ts"];

/** Words that run the program as a task does. */
export const LAUNCHER: readonly string[] = [Deno.execPath(), "run", "-q", "-P=launch", "src/cli/launch.ts"];

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** What a launcher exits with whose program died of SIGHUP, SIGINT or SIGTERM, maybe before it could say a word. */
const OF_SIGNALS: readonly number[] = [129, 130, 143];

/** What no user should see: a stack, or the program's word that it is at fault. */
const FAULT = /fault of the program|^\s+at .+:\d+:\d+|Uncaught|panicked|\bTypeError\b|\bRangeError\b/m;

/** What is wrong with an end, whether good or bad; undefined where nothing is. */
export function improper({ code, signal, stderr, stuck }: Ended): string | undefined {
  if (stuck) return "came to no end";
  if (FAULT.test(stderr)) return `a fault instead of a line: ${lastLines(stderr)}`;
  if (code === 0 || signal !== null || OF_SIGNALS.includes(code)) return undefined;
  return /^Error: |^Interrupted: | failed: /m.test(stderr) ? undefined : `exit ${code} without a word: ${stderr}`;
}

/** The last lines of a text, in one. */
export function lastLines(stderr: string): string {
  return stderr.trim().split("\n").slice(-3).join(" | ").slice(0, 400);
}
