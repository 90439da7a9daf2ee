import { assertEquals } from "@std/assert";
import { byteAlphabet, learnBytePairs } from "../../benchmarks/small_checkpoint/byte_pair_encoding.ts";

Deno.test("byteAlphabet() gives every byte a character of its own, as GPT-2 has it", () => {
  const alphabet = byteAlphabet();
  assertEquals(new Set(alphabet).size, 256);
  // The space, the first byte and a newline of GPT-2's table.
  assertEquals([alphabet[0x20], alphabet[0x00], alphabet[0x0a], alphabet[0x41]], ["Ġ", "Ā", "Ċ", "A"]);
});

Deno.test("learnBytePairs() merges the most frequent pairs first, counted by hand", () => {
  // "low" 3 times, " low" twice, " lower" once: lo 6, ow 6, " l" 3, we 1, er 1.
  const { merges, vocabulary } = learnBytePairs(["low low low", "low lower", "low"].slice(0, 3), 3);
  assertEquals(merges, [["l", "o"], ["lo", "w"], ["Ġ", "low"]]);
  assertEquals(vocabulary.slice(256), ["lo", "low", "Ġlow"]);
});

Deno.test("learnBytePairs() stops where there is nothing left to merge", () => {
  assertEquals(learnBytePairs(["ab"], 5).merges, [["a", "b"]]);
});
