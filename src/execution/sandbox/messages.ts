/**
 * What a sandbox and its worker tell each other.
 *
 * @module
 */
import type { ExecutionVerdict, TestedProgram } from "../executor.ts";
import type { PyodidePackage } from "./emscripten.ts";
import type { Snapshot } from "./interpreter.ts";

/** What the worker is told first. */
export interface SandboxStart {
  readonly kind: "start";
  readonly files: PyodidePackage;
  /** Most memory of an interpreter, MiB. */
  readonly mebibytes: number;
  /** One number, not 0 once a program's time is up. */
  readonly alarm: Int32Array;
  /** State to begin with; without one the interpreter makes it, which takes seconds. */
  readonly snapshot: Snapshot | undefined;
}

/** A program to run. */
export interface SandboxRun {
  readonly kind: "run";
  /** Named again by the verdict; never enters the interpreter. */
  readonly token: string;
  readonly program: TestedProgram;
}

/** What the worker says. */
export type SandboxMessage =
  /** It takes a program. */
  | { readonly kind: "ready"; readonly snapshot?: Snapshot }
  /** Its interpreter cannot be put back: it takes no program any more. */
  | { readonly kind: "spent" }
  | { readonly kind: "verdict"; readonly token: string; readonly verdict: ExecutionVerdict }
  | { readonly kind: "failure"; readonly message: string };
