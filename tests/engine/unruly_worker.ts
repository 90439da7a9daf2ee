/** A worker that dies in every way there is, for pool_test.ts. */
import { Channel } from "../../src/engine/channel.ts";
import type { WorkerStart } from "../../src/engine/pool.ts";

interface WorkerScope {
  onmessage: ((event: MessageEvent<WorkerStart<{ start: string }>>) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}
const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data }) => {
  if (data.setup.start === "badly") {
    scope.postMessage({ failure: "refuses to start" });
    return;
  }
  const channel = new Channel(data.doorbell, data.channel);
  scope.postMessage({ result: undefined });
  for (let order = channel.receive(); order !== undefined; order = channel.receive()) {
    if (order === "crash") throw new Error("crashed on command");
    if (order === "close") return scope.close();
    // deno-lint-ignore no-empty
    if (order === "spin") { for (;;) {} }
    channel.answer(order === "throw" ? { failure: "thrown on command" } : { result: order });
  }
};
