import { assert, assertEquals } from "@std/assert";
import { mostOfSeat, stepSeats } from "../../src/engine/decoder_room.ts";
import { SEATS } from "../../src/engine/pool.ts";
import { SequenceShares } from "../../src/engine/sequence_shares.ts";
import { RandomSequence } from "../../src/random/streams.ts";

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

Deno.test("workers share sequences equally, give what is above their share, and take what others gave", () => {
  const shares = new SequenceShares(upTo(12), 3, 1);
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
  const shares = new SequenceShares(upTo(12), 2, 1, 4);
  assertEquals([shares.next(0), shares.next(1)], [[0, 1, 2, 3], [4, 5, 6, 7]]);
  shares.keep(0, [1, 3]);
  assertEquals(shares.next(0), [1, 3, 8, 9]);
  shares.keep(0, []);
  assertEquals(shares.next(0), [10, 11]);
  shares.keep(0, []);
  // All that are left are worker 1's, which one worker is enough for.
  assertEquals([shares.next(0), shares.next(1), shares.next(0)], [[], [], [4, 5, 6, 7]]);
});

Deno.test("workers have two seats each where all have enough sequences, and one once they have not", () => {
  const shares = new SequenceShares(upTo(53), 2, SEATS);
  const own = [0, 1, 2, 3].map((seat) => shares.next(seat));
  assertEquals(own.map(({ length }) => length), [13, 13, 13, 14]);
  // 47 are left, fewer than a dozen for each of four: seats 2 and 3 leave theirs to seats 0 and 1.
  shares.keep(0, own[0].slice(6));
  assertEquals([shares.next(3), shares.next(2)], [[], []]);
  assertEquals([shares.next(0), shares.next(1)].map(({ length }) => length), [23, 24]);
});

Deno.test("no sequence is lost or doubled, and no seat has more than its room, in whatever order workers answer", () => {
  const random = new RandomSequence("sequence shares");
  const cases = [[5, 2], [23, 3], [47, 7], [13, 13], [101, 2], [211, 3], [37, 1]];
  for (const [count, workers, each] of cases.flatMap((own) => [[...own, 1], [...own, SEATS]])) {
    const most = 1 + random.integer(count);
    const shares = new SequenceShares(upTo(count), workers, each, most);
    const left = new Set(upTo(count));
    const own: (readonly number[])[] = Array.from({ length: each * workers }, (_, seat) => shares.next(seat));
    while (left.size > 0) {
      const seat = random.integer(each * workers);
      const goingOn = own[seat].filter((sequence) => random.uniform() < 0.8 || !left.delete(sequence));
      shares.keep(seat, goingOn);
      own[seat] = shares.next(seat);
      assert(own[seat].length <= Math.min(most, mostOfSeat(count, workers, each)));
      assert(own[seat].length === 0 || seat < stepSeats(count, workers, each));
      assertEquals(own[seat], own[seat].toSorted((a, b) => a - b));
      assertEquals(shares.count, left.size);
      assertEquals(shares.all, [...left].sort((a, b) => a - b));
      const inHand = own.flat();
      assertEquals(new Set(inHand).size, inHand.length);
    }
  }
});
