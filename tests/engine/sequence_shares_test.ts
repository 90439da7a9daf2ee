import { assert, assertEquals } from "@std/assert";
import { mostOfWorker } from "../../src/engine/decoder_room.ts";
import { SequenceShares } from "../../src/engine/sequence_shares.ts";
import { RandomSequence } from "../../src/random/streams.ts";

Deno.test("workers share sequences equally, give what is above their share, and take what others gave", () => {
  const shares = new SequenceShares([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 3);
  assertEquals([0, 1, 2].map((worker) => shares.next(worker)), [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]);
  // Nine are left, three each: worker 0 has one, and nothing is left for it yet.
  shares.keep(0, [2]);
  assertEquals(shares.next(0), [2]);
  assertEquals(shares.count, 9);
  // Worker 1 has one too many, which worker 0 takes once it is back.
  assertEquals(shares.next(1), [4, 5, 6]);
  assertEquals(shares.next(0), [2, 7]);
  assertEquals(shares.all, [2, 4, 5, 6, 7, 8, 9, 10, 11]);
  // Of four sequences or fewer one worker has all.
  shares.keep(1, []);
  shares.keep(2, [9]);
  assertEquals([shares.next(1), shares.next(2), shares.next(0)], [[], [], [2, 7, 9]]);
});

Deno.test("a worker has no more than it may at once, and goes on with what was begun before it begins others", () => {
  const shares = new SequenceShares([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 2, 4);
  assertEquals([shares.next(0), shares.next(1)], [[0, 1, 2, 3], [4, 5, 6, 7]]);
  shares.keep(0, [1, 3]);
  assertEquals(shares.next(0), [1, 3, 8, 9]);
  shares.keep(0, []);
  assertEquals(shares.next(0), [10, 11]);
  shares.keep(0, []);
  // All that are left are worker 1's, which one worker is enough for.
  assertEquals([shares.next(0), shares.next(1), shares.next(0)], [[], [], [4, 5, 6, 7]]);
});

Deno.test("no sequence is lost or doubled, and no worker has more than its room, in whatever order workers answer", () => {
  const random = new RandomSequence("sequence shares");
  for (const [count, workers] of [[5, 2], [23, 3], [47, 7], [13, 13], [101, 2]]) {
    const most = 1 + random.integer(count);
    const shares = new SequenceShares(Array.from({ length: count }, (_, i) => i), workers, most);
    const left = new Set(Array.from({ length: count }, (_, i) => i));
    const own: (readonly number[])[] = Array.from({ length: workers }, (_, worker) => shares.next(worker));
    while (left.size > 0) {
      const worker = random.integer(workers);
      const goingOn = own[worker].filter((sequence) => random.uniform() < 0.8 || !left.delete(sequence));
      shares.keep(worker, goingOn);
      own[worker] = shares.next(worker);
      assert(own[worker].length <= Math.min(most, mostOfWorker(count, workers)));
      assertEquals(own[worker], own[worker].toSorted((a, b) => a - b));
      assertEquals(shares.count, left.size);
      assertEquals(shares.all, [...left].sort((a, b) => a - b));
      const inHand = own.flat();
      assertEquals(new Set(inHand).size, inHand.length);
    }
  }
});
