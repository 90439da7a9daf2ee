import { assertEquals } from "@std/assert";
import { type Answer, Channel, type Form } from "../../src/engine/channel.ts";

/** A list as its length and its numbers. */
const LIST: Form<number[]> = {
  write: (list, to) => to.set([list.length, ...list]),
  reader: (from) => () => [...from.subarray(1, 1 + from[0])],
};

function channel(): Channel<number[]> {
  return new Channel(new Int32Array(new SharedArrayBuffer(4)), LIST);
}

Deno.test("a command goes there and its answer back, once, and the answer rings the doorbell", () => {
  const main = channel();
  const worker = new Channel(main.doorbell, LIST, main.buffer);
  const answers: Answer[] = [
    { result: [2, NaN, Infinity, -0] },
    {},
    { failure: "cannot: é, 漢, 😀" },
    { stopped: true },
    { result: [] },
  ];
  for (const [i, answer] of answers.entries()) {
    main.post([i, 0.1, 2 ** 40]);
    assertEquals(main.answered, false);
    assertEquals(worker.receive(), [i, 0.1, 2 ** 40]);
    worker.answer(answer);
    assertEquals([main.answered, main.doorbell[0]], [true, i + 1]);
    assertEquals(main.take(), answer);
    assertEquals(main.answered, false);
  }
});

Deno.test("a closed channel gives no command more, not even one that waits", () => {
  const main = channel();
  main.post([1]);
  main.close();
  assertEquals(main.receive(), undefined);
  assertEquals(main.answered, false);
});

Deno.test("signs of life are counted, whatever is sent", () => {
  const main = channel();
  main.beat();
  main.post([7]);
  main.beat();
  assertEquals([main.beats, main.receive()], [2, [7]]);
});

Deno.test("of a message that is longer than a channel its beginning arrives", () => {
  const main = channel();
  const [letters, most] = ["é".repeat(9001), 8190];
  main.answer({ failure: letters });
  assertEquals(main.take(), { failure: letters.slice(0, most) });
});
