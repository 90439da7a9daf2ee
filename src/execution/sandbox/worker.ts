/**
 * The thread of a sandbox, which has no permission at all: it runs programs one after another and tells verdicts.
 *
 * @module
 */
import { Interpreter } from "./interpreter.ts";
import type { SandboxMessage, SandboxRun, SandboxStart } from "./messages.ts";

/** The part of a worker's global scope that is used; `lib.dom` knows no workers. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<SandboxStart | SandboxRun>) => void) | null;
  postMessage(message: SandboxMessage): void;
}
const scope = globalThis as unknown as WorkerScope;
const post = scope.postMessage.bind(scope);
let interpreter: Interpreter;

scope.onmessage = async ({ data }) => {
  try {
    if (data.kind === "start") {
      interpreter = await Interpreter.start(data.files, data.mebibytes, data.alarm, data.snapshot);
      post({ kind: "ready", ...(data.snapshot === undefined && { snapshot: interpreter.snapshot }) });
    } else {
      post({ kind: "verdict", token: data.token, verdict: interpreter.run(data.program) });
      post({ kind: interpreter.reset() ? "ready" : "spent" });
    }
  } catch (error) {
    post({ kind: "failure", message: error instanceof Error ? error.message : String(error) });
  }
};
