/**
 * A copy of the project to break: faults are put into it one at a time, and its tests run there.
 *
 * @module
 */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { isPresent } from "../../src/files/read.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** How much longer than without a fault tests may take: some for a machine that is busy, and as many times as long. */
const SPARE_MILLISECONDS = 20_000;
const SPARE_FACTOR = 4;
/** A fault that fills the memory ends here. */
const HEAP_MEBIBYTES = 2048;

/** How tests ended, and when. */
export interface Outcome {
  readonly end: "passed" | "failed" | "timed out";
  readonly milliseconds: number;
  readonly output: string;
}

/** Files of the working tree that git knows or does not ignore, in order. */
export function projectFiles(): string[] {
  const { success, stdout, stderr } = new Deno.Command("git", {
    args: ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    cwd: ROOT,
  }).outputSync();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`Cannot list the project's files: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout).split("\0").filter((path) => path !== "" && isPresent(ROOT + path)).sort();
}

/** Copies them into a folder that is there. */
export function copyProject(folder: string): void {
  for (const path of projectFiles()) {
    Deno.mkdirSync(dirname(`${folder}/${path}`), { recursive: true });
    Deno.copyFileSync(ROOT + path, `${folder}/${path}`);
  }
}

/** Text of a file of the working tree. */
export function projectText(path: string): string {
  return Deno.readTextFileSync(ROOT + path);
}

/** Whether a file or folder is in the working tree. */
export function isInProject(path: string): boolean {
  return isPresent(ROOT + path);
}

/** One copy. */
export class Checkout implements Disposable {
  readonly #folder = Deno.makeTempDirSync({ prefix: "mutation-" });
  /** How long tests take without a fault, by their paths. */
  readonly #durations = new Map<string, number>();
  #running: Deno.ChildProcess | undefined;

  constructor() {
    copyProject(this.#folder);
  }

  /**
   * Whether tests tell that a file has a fault.
   *
   * @param stages tests in the order in which to run them; those after the first that tells do not run
   * @throws {Error} If a test fails without the fault
   */
  async tells(path: string, text: string, stages: readonly (readonly string[])[]): Promise<boolean> {
    const place = `${this.#folder}/${path}`;
    for (const tests of stages) {
      const limit = SPARE_MILLISECONDS + SPARE_FACTOR * await this.#duration(tests);
      const original = Deno.readTextFileSync(place);
      try {
        Deno.writeTextFileSync(place, text);
        if ((await this.#run(tests, limit)).end !== "passed") return true;
      } finally {
        Deno.writeTextFileSync(place, original);
      }
    }
    return false;
  }

  async #duration(tests: readonly string[]): Promise<number> {
    const key = tests.join(" ");
    const known = this.#durations.get(key);
    if (known !== undefined) return known;
    const { end, milliseconds, output } = await this.#run(tests);
    if (end !== "passed") throw new Error(`Cannot measure: without a fault ${key} ${end}\n${output}`);
    this.#durations.set(key, milliseconds);
    return milliseconds;
  }

  async #run(tests: readonly string[], limit = Infinity): Promise<Outcome> {
    const started = Date.now();
    // Of its own process group, so that what a test has started ends with it.
    const child = new Deno.Command(Deno.execPath(), {
      args: ["test", "-P=test", "--no-check", "--fail-fast", "-q", `--v8-flags=--max-old-space-size=${HEAP_MEBIBYTES}`]
        .concat(tests),
      cwd: this.#folder,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      detached: true,
    }).spawn();
    this.#running = child;
    let late = false;
    const timer = limit === Infinity ? undefined : setTimeout(() => {
      late = true;
      this.#kill();
    }, limit);
    const { success, stdout, stderr } = await child.output();
    clearTimeout(timer);
    this.#running = undefined;
    const output = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    return { end: late ? "timed out" : success ? "passed" : "failed", milliseconds: Date.now() - started, output };
  }

  #kill(): void {
    try {
      if (this.#running !== undefined) Deno.kill(-this.#running.pid, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /** Ends what runs, and removes the copy. */
  [Symbol.dispose](): void {
    this.#kill();
    Deno.removeSync(this.#folder, { recursive: true });
  }
}
