import { assertEquals } from "@std/assert";
import { philox } from "../../src/random/philox.ts";

/** `philox4x32 10` of `tests/kat_vectors`, github.com/DEShawResearch/random123: counter, key, output. */
const KNOWN_ANSWERS = [
  {
    counter: [0, 0, 0, 0],
    key: [0, 0],
    output: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    output: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    output: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
];

for (const { counter, key, output } of KNOWN_ANSWERS) {
  Deno.test(`philox gives Random123's known answer for counter ${counter[0].toString(16)}…`, () => {
    const out = new Uint32Array(4);
    philox(out, counter[0], counter[1], counter[2], counter[3], key[0], key[1]);
    assertEquals([...out], output);
  });
}

Deno.test("every product of the rounds is exact: a reference in big integers agrees on 1,000 counters", () => {
  const out = new Uint32Array(4);
  let word = 1;
  const next = () => word = (Math.imul(word, 1664525) + 1013904223) >>> 0;
  for (let i = 0; i < 1000; i++) {
    const [a, b, c, d, k, l] = Array.from({ length: 6 }, next);
    philox(out, a, b, c, d, k, l);
    assertEquals([...out], philoxInBigIntegers([a, b, c, d], [k, l]));
  }
});

function philoxInBigIntegers(counter: number[], key: number[]): number[] {
  const mask = 0xffffffffn;
  let [c0, c1, c2, c3] = counter.map(BigInt);
  let [k0, k1] = key.map(BigInt);
  for (let round = 0; round < 10; round++) {
    const p0 = 0xd2511f53n * c0;
    const p1 = 0xcd9e8d57n * c2;
    [c0, c1, c2, c3] = [(p1 >> 32n) ^ c1 ^ k0, p1 & mask, (p0 >> 32n) ^ c3 ^ k1, p0 & mask];
    k0 = (k0 + 0x9e3779b9n) & mask;
    k1 = (k1 + 0xbb67ae85n) & mask;
  }
  return [c0, c1, c2, c3].map(Number);
}
