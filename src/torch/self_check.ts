/**
 * Starts a worker and prints what it says of itself as JSON, or why it does not start: a program of its own, so that the
 * setup, which writes an environment, may not run what it wrote.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { type WorkerDescription, WorkerProcess } from "./worker_process.ts";

/** What the check prints. */
export type SelfCheck = { readonly description: WorkerDescription } | { readonly error: string };

/** Tries an interpreter. */
export async function checkInterpreter(interpreter: string): Promise<SelfCheck> {
  try {
    const worker = await WorkerProcess.start({ interpreter });
    await worker.close();
    return { description: worker.description };
  } catch (error) {
    if (error instanceof BenchError) return { error: error.message };
    throw error;
  }
}

if (import.meta.main) console.log(JSON.stringify(await checkInterpreter(Deno.args[0])));
