import { assertEquals, assertRejects } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { matrix, type Message, readMessage, vector, writeMessage } from "../../src/torch/frames.ts";

const MESSAGE: Message = {
  header: { request: "step", asked: [["top", 3]] },
  arrays: {
    ids: matrix(2, 3, Int32Array.of(1, -2, 3, 4, 5, 6)),
    words: vector(Uint32Array.of(0xffffffff)),
    slopes: vector(Float64Array.of(0.1, -7)),
    none: matrix(0, 5, new Float32Array(0)),
  },
};

async function bytesOf(message: Message): Promise<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const [bytes] = await Promise.all([
    new Response(readable).bytes(),
    writeMessage(writer, message).then(() => writer.close()),
  ]);
  return bytes;
}

/** A byte stream in pieces of a few bytes, as a pipe may pass them on. */
function reader(bytes: Uint8Array, piece: number): ReadableStreamBYOBReader {
  const pieces = Array.from(
    { length: Math.ceil(bytes.length / piece) },
    (_, i) => bytes.slice(i * piece, (i + 1) * piece),
  );
  return new ReadableStream({
    type: "bytes",
    pull(controller) {
      const next = pieces.shift();
      if (next !== undefined) return controller.enqueue(next);
      controller.close();
      controller.byobRequest?.respond(0);
    },
  }).getReader({ mode: "byob" });
}

Deno.test("a frame is a length, a header that names the arrays, and their bytes", async () => {
  const bytes = await bytesOf({ header: { a: 1 }, arrays: { x: vector(Int32Array.of(258)) } });
  const header = '{"a":1,"arrays":[["x","i32",[1]]]}';
  assertEquals([...bytes], [header.length, 0, 0, 0, ...new TextEncoder().encode(header), 2, 1, 0, 0]);
});

Deno.test("a message is read as it was written, whatever pieces it comes in", async () => {
  const bytes = await bytesOf(MESSAGE);
  for (const piece of [1, 7, bytes.length]) assertEquals(await readMessage(reader(bytes, piece)), MESSAGE);
});

Deno.test("a stream that ends early gives no message", async () => {
  const bytes = await bytesOf(MESSAGE);
  assertEquals(await readMessage(reader(bytes.subarray(0, 0), 1)), undefined);
  for (const end of [3, 20, bytes.length - 1]) {
    assertEquals(await readMessage(reader(bytes.subarray(0, end), 64)), undefined);
  }
});

Deno.test("what is no frame is refused by its size", async () => {
  const text = new TextEncoder().encode("Traceback (most recent call last)");
  await assertRejects(() => readMessage(reader(text, 64)), BenchError, "it sent a header of");
});
