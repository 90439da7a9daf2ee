/**
 * Inputs on which a reader once failed, hung, or accepted what cannot be; each fuzzing run begins with them.
 *
 * @module
 */
import experiment from "../../fixtures/smallest.ts";

const rows = (...all: readonly object[]) => all.map((row) => JSON.stringify(row) + "\n").join("");
const row = { problem: "p", sample: 0, seed: 1, correct: true, tokens: 5, finish: "stop" };
const qwen2 = {
  ...{ model_type: "qwen2", vocab_size: 22, hidden_size: 8, num_hidden_layers: 1, num_attention_heads: 2 },
  ...{ intermediate_size: 4, max_position_embeddings: 64 },
};
const counts = {
  ...{ base_model: "m", training: "grpo", decoding: "soft", dataset: "a", samples_per_problem: 32_001 },
  ...{ correct_counts: [0, 1, 5, 700, 32_000, 32_001], source: "https://example.org" },
};
const tokenizer = (pattern: string) => ({
  ...{ version: "1.0", added_tokens: [], normalizer: null, post_processor: null, decoder: null },
  pre_tokenizer: { type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false },
  model: { type: "BPE", vocab: { a: 0, "!": 1 }, merges: [] },
});

/** A header and as many bytes behind it. */
function safetensors(header: unknown, bytes: number): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const all = new Uint8Array(8 + text.length + bytes);
  new DataView(all.buffer).setBigUint64(0, BigInt(text.length), true);
  all.set(text, 8);
  return all;
}

/** By what reads them. */
export const CORPUS = {
  experiments: [
    { ...experiment, seeds: 5 },
    { ...experiment, datasets: "arith-add" },
    { ...experiment, arms: { base: 1 } },
    { ...experiment, arms: [null] },
    { ...experiment, training: { ...experiment.training, steps: 1e300 } },
    { ...experiment, arms: experiment.arms.map((arm) => ({ ...arm, objective: undefined })) },
    null,
    [],
  ],
  results: [null, {}, { schemaVersion: 2 }, { schemaVersion: 3 }, [[]]],
  samples: [
    rows(row, row),
    rows(row, { ...row, sample: 1, seed: 2 }),
    rows({ ...row, sample: 0.5 }),
    rows({ ...row, tokens: -7 }),
    rows({ ...row, finish: "banana" }),
    rows({ ...row, correct: undefined }),
    rows(row).replace('"tokens":5', '"tokens":1e999'),
    "null\n",
    `${rows(row)}\n`,
    rows(row).slice(0, -5),
  ],
  safetensors: [
    new Uint8Array(0),
    new Uint8Array(64).fill(255),
    safetensors({
      a: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
      b: { dtype: "F32", shape: [2], data_offsets: [4, 12] },
    }, 12),
    safetensors({ a: { dtype: "F32", shape: [1e6, 1e6], data_offsets: [0, 4e12] } }, 8),
    safetensors({ a: { dtype: "F32", shape: [0, 1e15], data_offsets: [0, 0] } }, 0),
    safetensors({ a: { dtype: "constructor", shape: [1], data_offsets: [0, 4] } }, 4),
    safetensors({ a: null }, 0),
  ],
  configs: [
    { ...qwen2, num_hidden_layers: 1e6 },
    { ...qwen2, vocab_size: 1e12 },
    { ...qwen2, num_attention_heads: 0 },
    { ...qwen2, hidden_size: 2 ** 24, intermediate_size: 2 ** 24, num_hidden_layers: 1000 },
    { ...qwen2, model_type: "constructor" },
  ],
  templates: [
    "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}{% if add_generation_prompt %}>{% endif %}",
    "{% for i in range(100000000000) %}a{% endfor %}",
    "{% for i in range(9999) %}{% for j in range(9999) %}{% for k in range(9999) %}{% endfor %}{% endfor %}{% endfor %}",
    "{% macro f(n) %}{{ f(n) }}{% endmacro %}{{ f(1) }}",
    "{% set ns = namespace(s='aaaaaaaaaaaaaaaa') %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}",
    "{{ raise_exception('System role not supported') }}",
    "{{ messages.constructor.constructor('return 1')() }}",
    `${"(".repeat(10_000)}`,
    `{{ ${"(".repeat(10_000)}1${")".repeat(10_000)} }}`,
    `{{ ${"-".repeat(20_000)}1 }}`,
    "{{ 'a' | replace('a', 'aa') }}{{ messages | map(attribute='role') | join }}",
    "{{ messages[9].content.x.y }}",
  ],
  tokenizers: [
    { ...tokenizer("a"), added_tokens: [{ id: 0, content: ["a", "a"], rstrip: 9 }] },
    tokenizer("(a+)+$"),
    tokenizer("(a|aa)+$"),
    tokenizer("("),
    { model: null },
    null,
    [],
    "{",
  ],
  counts: [
    [counts],
    [{ ...counts, samples_per_problem: 1e9, correct_counts: [0, 1, 1e9] }],
    [{ ...counts, samples_per_problem: 1, correct_counts: [2] }],
    [],
    [null],
    [{ ...counts, dataset: "__proto__" }],
  ],
  problems: ["", "\n\n", "null\n", '{"id":1,"question":"a","answer":1e999}\n', '{"id":"a"}\n', "\ufeff"],
  texts: ["", "null", "[".repeat(100_000), `{"schemaVersion":2,"schemaVersion":2}`, "\ufeff{}"],
} as const satisfies Record<string, readonly unknown[]>;
