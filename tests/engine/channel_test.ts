import { assertEquals } from "@std/assert";
import { type Answer, Channel, channelBuffer, type Form, Inbox } from "../../src/engine/channel.ts";

/** A list as its length and its numbers. */
const LIST: Form<number[]> = {
  write: (list, to) => to.set([list.length, ...list]),
  reader: (from) => () => [...from.subarray(1, 1 + from[0])],
};

function channel(told = bell()): Channel<number[]> {
  return new Channel({ doorbell: bell(), told, buffer: channelBuffer() }, LIST);
}

function bell(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}

Deno.test("a command goes there and its answer back, once, and the answer rings the doorbell", () => {
  const main = channel();
  const worker = new Channel(main.shared, LIST);
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
    assertEquals([worker.command, main.shared.told[0]], [[i, 0.1, 2 ** 40], i + 1]);
    worker.answer(answer);
    assertEquals([main.answered, worker.command, main.shared.doorbell[0]], [true, undefined, i + 1]);
    assertEquals(main.take(), answer);
    assertEquals(main.answered, false);
  }
});

Deno.test("a closed channel gives no command more, not even one that waits", () => {
  const main = channel();
  main.post([1]);
  main.close();
  assertEquals([main.command, new Inbox([main]).receive()], [undefined, undefined]);
  assertEquals(main.answered, false);
});

Deno.test("a worker takes commands of its channels in turn, and none once one of them is closed", () => {
  const told = bell(), channels = [channel(told), channel(told)], inbox = new Inbox(channels);
  const receive = () => {
    const { channel, command } = inbox.receive()!;
    channel.answer({});
    return [channels.indexOf(channel), ...command];
  };
  channels[1].post([7]);
  assertEquals(receive(), [1, 7]);
  channels[1].post([8]);
  channels[0].post([9]);
  assertEquals([receive(), receive()], [[0, 9], [1, 8]]);
  channels[0].post([10]);
  channels[1].close();
  assertEquals(inbox.receive(), undefined);
});

Deno.test("signs of life are counted, whatever is sent", () => {
  const main = channel();
  main.beat();
  main.post([7]);
  main.beat();
  assertEquals([main.beats, main.command], [2, [7]]);
});

Deno.test("of a message that is longer than a channel its beginning arrives", () => {
  const main = channel();
  const [letters, most] = ["é".repeat(9001), 8190];
  main.answer({ failure: letters });
  assertEquals(main.take(), { failure: letters.slice(0, most) });
});
