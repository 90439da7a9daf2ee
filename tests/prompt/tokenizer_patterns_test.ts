import { assert, assertEquals } from "@std/assert";
import { patternsOf, repeatsRepeats } from "../../src/prompt/tokenizer_patterns.ts";

/** As GPT-2, Llama 3, Qwen 2, DeepSeek, GPT-4o and tokenizers that group digits from the right publish them. */
const PUBLISHED = [
  String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
  String
    .raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  String
    .raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  String
    .raw`[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  String
    .raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}]*[\p{Ll}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s+`,
  String.raw`\p{N}{1,3}(?=(?:\p{N}{3})*(?:\P{N}|$))|[一-龥]+|\u4e00{2,}`,
];

Deno.test("patterns as tokenizers publish them are taken", () => {
  for (const pattern of PUBLISHED) assert(!repeatsRepeats(pattern), pattern);
});

Deno.test("what repeats a part that varies is found, whatever the kind of group and of repetition", () => {
  for (
    const pattern of [
      "(a+)+$",
      "(a|aa)+$",
      "(?:a*)*b",
      "(?<x>a{1,3}){2,}",
      "x(?:y(?=a)(b?c))+",
      "((a|b)c){2,5}",
      String.raw`(\p{L}+\s?)*`,
      String.raw`([()]+x)+?`,
      "((a+))+",
    ]
  ) assert(repeatsRepeats(pattern), pattern);
});

Deno.test("what repeats one thing in one way, or varies without a repetition around it, is taken", () => {
  for (
    const pattern of ["(abc)+", "(?:a+)?b", "(a|b)?", String.raw`\(a+\)+`, "[(a+)]+", "(a{3})+", "(a+){0,1}", "a)+", ""]
  ) {
    assert(!repeatsRepeats(pattern), pattern);
  }
});

Deno.test("patterns are found wherever a tokenizer has them, but not in its vocabulary", () => {
  const split = (Regex: string) => ({ type: "Split", pattern: { Regex } });
  assertEquals(
    patternsOf({
      normalizer: { type: "Replace", pattern: { Regex: "a" }, content: "b" },
      pre_tokenizer: { type: "Sequence", pretokenizers: [split("b"), { type: "Split", pattern: { String: "c" } }] },
      model: { vocab: { Regex: "d" } },
      decoder: null,
    }),
    ["a", "b"],
  );
});
