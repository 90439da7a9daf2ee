import { assertEquals, assertThrows } from "@std/assert";
import { Channel } from "../../src/engine/channel.ts";

function channel(): Channel {
  return new Channel(new Int32Array(new SharedArrayBuffer(4)));
}

/** Bytes that one message may have. */
const MOST = 65536;

Deno.test("a command goes there and its answer back, once, and the answer rings the doorbell", () => {
  const main = channel();
  const worker = new Channel(main.doorbell, main.buffer);
  for (const [i, value] of [{ kind: "long", list: [2, 3, 5, 7] }, "é", null].entries()) {
    main.post(value);
    assertEquals(main.answered, false);
    assertEquals(worker.receive(), value);
    worker.answer([value, i]);
    assertEquals([main.answered, main.doorbell[0]], [true, i + 1]);
    assertEquals(main.take(), [value, i]);
    assertEquals(main.answered, false);
  }
});

Deno.test("a closed channel gives no command more, not even one that waits", () => {
  const main = channel();
  main.post("work");
  main.close();
  assertEquals(main.receive(), undefined);
  assertEquals(main.answered, false);
});

Deno.test("signs of life are counted, whatever is sent", () => {
  const main = channel();
  main.beat();
  main.post("work");
  main.beat();
  assertEquals([main.beats, main.receive()], [2, "work"]);
});

Deno.test("a message fills the buffer to its end, and a longer one is refused before it overwrites anything", () => {
  const main = channel();
  // Two quotation marks, and letters of one and of two bytes.
  for (const letter of ["a", "é"]) {
    const bytes = new TextEncoder().encode(letter).length;
    const longest = letter.repeat((MOST - 2) / bytes);
    main.post(longest);
    assertEquals(main.receive(), longest);
    assertThrows(() => main.post(longest + letter), RangeError, `Cannot send ${MOST + bytes} bytes`);
    assertEquals(main.receive(), longest);
  }
});
