/**
 * `fault.c`, built for this machine: makes one file operation of a program go wrong.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

const SOURCE = fileURLToPath(new URL("fault.c", import.meta.url));

/** Kinds of file operations, by their letters in `fault.c`. */
export const OPERATIONS = {
  o: "making a file",
  w: "writing",
  t: "cutting",
  s: "flushing",
  r: "renaming",
  u: "removing",
  m: "making a folder",
  i: "reading",
} as const;
/** One of them. */
export type Operation = keyof typeof OPERATIONS;

/** What a program meets. */
export interface Fault {
  /** Of these operations the `at`-th goes wrong, from 1. */
  readonly operations: string;
  readonly at: number;
  readonly how: "kill" | "half" | "short" | "ENOSPC" | "EIO";
  /** Whether all later ones do too. */
  readonly stays?: boolean;
}

const ERRORS: Readonly<Record<string, string>> = { EIO: "5", ENOSPC: "28" };

/** The library, built. */
export class FaultLibrary {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Builds it; where that cannot be done, returns why. */
  static async build(): Promise<FaultLibrary | string> {
    if (Deno.build.os !== "linux") return `LD_PRELOAD is of Linux, this is ${Deno.build.os}`;
    const path = `${Deno.makeTempDirSync({ prefix: "faults-library-" })}/fault.so`;
    try {
      const cc = new Deno.Command("cc", {
        args: ["-O1", "-shared", "-fPIC", "-o", path, SOURCE, "-ldl"],
        stderr: "piped",
      });
      const { success, stderr } = await cc.output();
      return success
        ? new FaultLibrary(path)
        : `cc cannot build fault.c: ${new TextDecoder().decode(stderr).slice(0, 200)}`;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "there is no cc";
      throw error;
    }
  }

  /** The variables under which a program meets a fault below a folder. */
  meets(root: string, { operations, at, how, stays = false }: Fault): Record<string, string> {
    return {
      LD_PRELOAD: this.#path,
      FAULT_ROOT: root,
      FAULT_OPS: operations,
      FAULT_AT: String(at),
      FAULT_HOW: ERRORS[how] ?? how,
      ...(stays && { FAULT_STAYS: "1" }),
    };
  }

  /** The variables under which a program's operations are written down, a letter each. */
  writesDown(root: string, log: string): Record<string, string> {
    return { LD_PRELOAD: this.#path, FAULT_ROOT: root, FAULT_OPS: "owtsrumi", FAULT_AT: "0", FAULT_LOG: log };
  }
}
