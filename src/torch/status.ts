/**
 * What a worker says of its machine, as people read it.
 *
 * @module
 */
import { countText, gigabytesText } from "../text/numbers.ts";
import { visible } from "../text/visible.ts";
import type { WorkerDescription } from "./worker_process.ts";

/** Versions and devices, a few words each. */
export function describeWorker(
  { python, torch, transformers, peft, cuda, devices, threads }: WorkerDescription,
): string[] {
  const cards = devices.map(({ name, memory, free, bfloat16 }, i) =>
    `cuda:${i} ${name} (${gigabytesText(memory)}, ${gigabytesText(free)} free, ${bfloat16 ? "bf16" : "no bf16"})`
  );
  const none = cuda === null ? "built for the CPU" : "no GPU found";
  return [
    `torch ${torch}`,
    `transformers ${transformers}`,
    peft === null ? "no peft, so no adapters" : `peft ${peft}`,
    `Python ${python}`,
    ...(cards.length > 0 ? cards : [`${none}, ${countText(threads, "thread")}`]),
  ].map(visible);
}
