/**
 * Seeded changes of JSON values and of bytes: most of them small, some of them nasty.
 *
 * @module
 */
import { RandomSequence } from "../../../src/random/streams.ts";

/** Draws what a fuzzer needs from a named sequence. */
export class Mutator {
  readonly #random: RandomSequence;

  constructor(...name: readonly (string | number)[]) {
    this.#random = new RandomSequence("fuzz", ...name);
  }

  /** An integer in [0, bound). */
  below(bound: number): number {
    return this.#random.integer(bound);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  /** A value with some of its places changed. */
  json(value: unknown, most = 3): unknown {
    let changed = structuredClone(value);
    for (let changes = 1 + this.below(most); changes > 0; changes--) changed = this.#change(changed);
    return changed;
  }

  /** Bytes with some of them changed, cut, doubled or put in. */
  bytes(original: Uint8Array<ArrayBuffer>, most = 4): Uint8Array<ArrayBuffer> {
    let bytes = original.slice();
    for (let changes = 1 + this.below(most); changes > 0; changes--) {
      const at = this.below(bytes.length + 1);
      const length = this.below(this.pick([2, 9, 65]));
      switch (this.below(6)) {
        case 0:
          if (at < bytes.length) bytes[at] ^= 1 << this.below(8);
          break;
        case 1:
          bytes = bytes.slice(0, at);
          break;
        case 2:
          bytes = joined(bytes.subarray(0, at), bytes.subarray(at + length));
          break;
        case 3:
          bytes = joined(bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at));
          break;
        case 4:
          bytes.fill(this.pick([0, 255, 32, 34, 10]), at, at + length);
          break;
        default:
          bytes = joined(bytes.subarray(0, at), new TextEncoder().encode(this.pick(PIECES)), bytes.subarray(at));
      }
    }
    return bytes;
  }

  #change(value: unknown): unknown {
    const places = placesOf(value);
    if (places.length === 0 || this.below(40) === 0) return this.#nasty(value);
    const { owner, key } = this.pick(places);
    const held = owner as Record<string | number, unknown>;
    switch (this.below(8)) {
      case 0:
        if (Array.isArray(owner)) owner.splice(Number(key), 1);
        else delete held[key];
        break;
      case 1:
        if (Array.isArray(owner)) owner.splice(Number(key), 0, structuredClone(owner[Number(key)]));
        else held[`${key}x`] = held[key];
        break;
      case 2: {
        const other = this.pick(places);
        held[key] = structuredClone((other.owner as Record<string | number, unknown>)[other.key]);
        break;
      }
      default:
        held[key] = this.#nasty(held[key]);
    }
    return value;
  }

  /** Something else in place of a value, often of its own type. */
  #nasty(value: unknown): unknown {
    if (typeof value === "number" && this.below(2) === 0) {
      return this.pick([value + 1, value - 1, -value, value * 2, value / 3, value * 1e6, 0]);
    }
    if (typeof value === "string" && this.below(2) === 0) {
      return this.pick([`${value}${value}`, value.slice(1), `${value}\u001b[2J`, value.toUpperCase(), `../${value}`]);
    }
    if (typeof value === "boolean" && this.below(2) === 0) return !value;
    return structuredClone(this.pick(NASTY));
  }
}

interface Place {
  readonly owner: unknown[] | Record<string, unknown>;
  readonly key: string | number;
}

function placesOf(value: unknown): Place[] {
  if (typeof value !== "object" || value === null) return [];
  const owner = value as unknown[] | Record<string, unknown>;
  const keys = Array.isArray(owner) ? [...owner.keys()] : Object.keys(owner);
  return keys.flatMap((key): Place[] => [
    { owner, key },
    ...placesOf((owner as Record<string | number, unknown>)[key]),
  ]);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const NASTY: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1, 0.5, -0.5, 7, 1e6, 1e9, 2 ** 31, 2 ** 53, 1e300, -1e300],
  ...["", "x", "0", "-1", "NaN", "null", "__proto__", "constructor", "../../x", "a\nb", "\u202e", "\ud800", " "],
  ...["x".repeat(10_000), [], [[]], [null], {}, { a: null }, { length: 5 }, [1, 2, 3], ["a", "a"]],
  { __proto__: null },
];

const PIECES: readonly string[] = [
  ...['"', "{", "}", "[", "]", ",", ":", "\\", "\n", "\0", "null", "true", "-1", "1e999", "0.5", "NaN", "\u2028"],
  ...['{"a":1}\n', '"correct":true', ',"tokens":-7', "\ufeff", "\r\n", "9".repeat(400), "[".repeat(3000)],
];
