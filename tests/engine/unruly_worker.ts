/** A worker that dies in every way there is, or takes its time, for pool_test.ts. */
import { Channel, Inbox } from "../../src/engine/channel.ts";
import { meetings } from "../../src/engine/meeting.ts";
import type { WorkerStart } from "../../src/engine/pool.ts";
import { ORDER_FORM, ORDERS } from "./orders.ts";

interface WorkerScope {
  onmessage: ((event: MessageEvent<WorkerStart<{ start: string }>>) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}
/** Signs of life of a long labour, further apart than the main thread naps and together longer than it waits in silence. */
const SIGNS = 12, MILLISECONDS_BETWEEN = 100;
const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data }) => {
  if (data.setup.start === "badly") {
    scope.postMessage({ failure: "refuses to start" });
    return;
  }
  const inbox = new Inbox(data.channels.map((shared) => new Channel(shared, ORDER_FORM)));
  scope.postMessage({ result: undefined });
  for (let told = inbox.receive(); told !== undefined; told = inbox.receive()) {
    const { channel, command: order } = told;
    if (order === "crash") throw new Error("crashed on command");
    if (order === "close") return scope.close();
    if (order === "spin") spin(channel);
    if (order === "labour" && labour(channel) === "stopped" || order === "meet" && meet(channel, data) === "stopped") {
      channel.answer({ stopped: true });
      continue;
    }
    channel.answer(order === "throw" ? { failure: "thrown on command" } : { result: [ORDERS.indexOf(order)] });
  }
};

/** Computes in silence until nobody wants the answer: Deno ends no thread that computes, and it would take a core for good. */
function spin(channel: Channel<unknown>): void {
  while (!channel.closed);
}

/** Meets the other worker of a pool of two. */
function meet(channel: Channel<unknown>, { meeting }: WorkerStart<unknown>): "done" | "stopped" {
  try {
    meetings(meeting, 2, () => {
      if (channel.stopped || channel.closed) throw new Error("left off");
    })();
    return "done";
  } catch {
    return "stopped";
  }
}

function labour(channel: Channel<unknown>): "done" | "stopped" {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let sign = 0; sign < SIGNS; sign++) {
    Atomics.wait(clock, 0, 0, MILLISECONDS_BETWEEN);
    channel.beat();
    if (channel.stopped) return "stopped";
  }
  return "done";
}
