import { assertEquals, assertRejects } from "@std/assert";
import { EventStream } from "../../src/experiment/event_stream.ts";
import { safePoint } from "../../src/interruption.ts";

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const event of stream) seen.push(event);
  return seen;
}

Deno.test("every iteration of an EventStream sees all events, also after the end", async () => {
  const stream = new EventStream<number, string>(async (emit) => {
    for (const n of [2, 3, 5]) {
      emit(n);
      await Promise.resolve();
    }
    return "done";
  });
  assertEquals(await Promise.all([collect(stream), collect(stream)]), [[2, 3, 5], [2, 3, 5]]);
  assertEquals(await stream, "done");
  assertEquals(await collect(stream), [2, 3, 5]);
});

Deno.test("an error of the work is thrown after the events before it, and rejects the promise", async () => {
  const fails = () =>
    new EventStream<number, never>(async (emit) => {
      emit(7);
      throw new RangeError("seven");
    });
  const seen: number[] = [];
  const stream = fails();
  await assertRejects(
    async () => {
      for await (const n of stream) seen.push(n);
    },
    RangeError,
    "seven",
  );
  assertEquals(seen, [7]);
  await assertRejects(async () => await fails(), RangeError, "seven");
});

Deno.test("leaving the iteration early stops the work at its next safe point, and waits for it", async () => {
  let steps = 0;
  let saved = false;
  const stream = new EventStream<number, never>(async (emit, abort) => {
    try {
      for (;;) {
        emit(steps++);
        await safePoint(abort);
      }
    } finally {
      saved = true;
    }
  });
  for await (const step of stream) if (step === 3) break;
  assertEquals(saved, true);
});

Deno.test("an AbortSignal from outside reaches the work", async () => {
  const controller = new AbortController();
  const stream = new EventStream<never, boolean>(async (_emit, abort) => abort.aborted, controller.signal);
  controller.abort();
  assertEquals(await stream, true);
});
