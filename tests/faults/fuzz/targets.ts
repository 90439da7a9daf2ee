/**
 * What is fuzzed: a reader of files that somebody else may have written, what it is given, and what must be true of anything
 * that it accepts.
 *
 * @module
 */
import experiment from "../../fixtures/smallest.ts";
import tiny from "../../../benchmarks/tiny.ts";
import { loadCheckpoint } from "../../../src/checkpoint/checkpoint.ts";
import { parseCheckpointConfig } from "../../../src/checkpoint/config.ts";
import { readSafetensorsHeader, readStoredTensor } from "../../../src/checkpoint/safetensors.ts";
import { readOwnDataset } from "../../../src/datasets/own_dataset.ts";
import { checkExperiment, type ExperimentConfig } from "../../../src/experiment/config.ts";
import { resolveExperiment } from "../../../src/experiment/resolve.ts";
import { ChainedLinesWriter, readChainedLines } from "../../../src/files/chained_lines.ts";
import { parseJsonRecord } from "../../../src/files/read.ts";
import { parseChatTemplate } from "../../../src/prompt/chat_template.ts";
import { loadTokenizer } from "../../../src/prompt/tokenizer.ts";
import type { Result } from "../../../src/result/types.ts";
import { readJson } from "../../../src/result/store.ts";
import { validateResult } from "../../../src/result/validate.ts";
import { readSampleRows } from "../../../src/score/sample_rows.ts";
import { scoreFiles } from "../../../src/score/score.ts";
import { randomWeights, SMALL_CONFIG } from "../../fixtures/small_model.ts";
import { writeSafetensors } from "../../../src/checkpoint/safetensors.ts";
import { parameterShapes } from "../../../src/models/parameters.ts";
import { CORPUS } from "./corpus.ts";
import type { Mutator } from "./mutate.ts";

/** Something that reads. */
export interface Target {
  /** Inputs that are kept for it. */
  readonly corpus?: keyof typeof CORPUS;
  /**
   * Gives it input number `index`: first those that are kept, then drawn ones.
   *
   * @param folder an empty one, which stays for the next
   * @returns what was accepted and is impossible; undefined where all is well
   * @throws {BenchError} Where the input is refused
   */
  run(index: number, mutator: Mutator, folder: string): Promise<string | undefined> | string | undefined;
}

/** How many inputs are kept for a target; they come first. */
export function keptInputs(target: string): number {
  const { corpus } = TARGETS[target];
  return corpus === undefined ? 0 : CORPUS[corpus].length;
}

/** A kept input, or a drawn one. */
function kept<T>(name: keyof typeof CORPUS, index: number, draw: () => T): T {
  return index < CORPUS[name].length ? CORPUS[name][index] as T : draw();
}

/** Writes a value as JSON, or a text as it is. */
function written(folder: string, name: string, value: unknown): string {
  const path = `${folder}/${name}`;
  if (value instanceof Uint8Array) Deno.writeFileSync(path, value);
  else Deno.writeTextFileSync(path, typeof value === "string" ? value : JSON.stringify(value));
  return path;
}

/** A result that this repository holds, by the number of the draw. */
function someResult(mutator: Mutator): Result {
  RESULTS.all ??= [...Deno.readDirSync("results/v2")].map(({ name }) => `results/v2/${name}`)
    .filter((path) => path.endsWith(".json")).sort();
  return JSON.parse(Deno.readTextFileSync(mutator.pick(RESULTS.all))) as Result;
}
const RESULTS: { all?: string[] } = {};

function sampleLines(): { problem: string; sample: number; seed: number; [key: string]: unknown }[] {
  return ["a/0", "a/1", "b"].flatMap((problem, p) =>
    Array.from({ length: 5 }, (_, sample) => ({
      ...{ problem, sample, seed: 3, text: `7${sample}`, answer: `${sample}`, canonical: `number ${sample}` },
      ...{ correct: (p + sample) % 2 === 0, tokens: 11 + sample, thoughts: 2, finish: "stop" },
    }))
  );
}

const isCount = (value: unknown) => typeof value === "number" && Number.isInteger(value) && value >= 0;

/** All targets, by name. */
export const TARGETS: Readonly<Record<string, Target>> = {
  experiments: {
    corpus: "experiments",
    run(index, mutator) {
      const value = kept("experiments", index, () => mutator.json(mutator.pick<unknown>([experiment, tiny]), 3));
      const { seeds, samples, training, arms, passAt } = resolveExperiment(checkExperiment(value) as ExperimentConfig);
      if (!seeds.every(isCount) || new Set(seeds).size < seeds.length) return `seeds ${JSON.stringify(seeds)}`;
      if (!isCount(samples) || samples < 1) return `samples ${samples}`;
      if (!isCount(training.steps) || !isCount(training.groupSize)) return `training ${JSON.stringify(training)}`;
      if (passAt.some((k) => !isCount(k) || k < 1 || k > samples)) return `passAt ${JSON.stringify(passAt)}`;
      return arms.length > 0 ? undefined : "no arms";
    },
  },
  "result files": {
    corpus: "results",
    run(index, mutator) {
      const value = kept("results", index, () => mutator.json(someResult(mutator), 2));
      const { datasets, training, status } = validateResult(JSON.parse(JSON.stringify(value)));
      for (const { problems, metrics } of datasets) {
        for (const { n, c } of problems) if (!isCount(n) || !isCount(c) || c > n) return `c ${c} of n ${n}`;
        for (const { value } of Object.values(metrics.passAt)) {
          if (!(value >= 0 && value <= 1)) return `Pass@k ${value}`;
        }
      }
      const inOrder = training.curve.every(({ step }, i) => step === i + 1);
      return status === "failed" || (inOrder && training.curve.length === training.steps) ? undefined : "curve";
    },
  },
  "samples": {
    corpus: "samples",
    run(index, mutator, folder) {
      const value = kept(
        "samples",
        index,
        () =>
          mutator.below(2) === 0
            ? (mutator.json(sampleLines(), 2) as unknown[] | null)?.map?.((row) => JSON.stringify(row) + "\n").join(
              "",
            ) ?? ""
            : mutator.bytes(new TextEncoder().encode(sampleLines().map((row) => JSON.stringify(row) + "\n").join(""))),
      );
      const { rows } = readSampleRows(written(folder, "a.jsonl", value));
      const keys = rows.map(({ problem, sample }) => JSON.stringify([problem, sample]));
      if (new Set(keys).size < keys.length) return "a sample twice";
      const bad = rows.find(({ sample, tokens, correct, seed }) =>
        !isCount(sample) || !isCount(tokens) || typeof correct !== "boolean" || seed !== rows[0].seed
      );
      return bad && JSON.stringify(bad);
    },
  },
  "samples that are continued": {
    run(_index, mutator, folder) {
      const path = `${folder}/chain.jsonl`;
      Deno.writeTextFileSync(path, "");
      const writer = new ChainedLinesWriter(path, readChainedLines(path, "name"));
      for (const row of sampleLines()) writer.append([row]);
      writer.close();
      Deno.writeFileSync(path, mutator.bytes(Deno.readFileSync(path), 2));
      const { rows } = readChainedLines(path, "name");
      return JSON.stringify(rows) === JSON.stringify(sampleLines().slice(0, rows.length))
        ? undefined
        : "rows that were not written";
    },
  },
  safetensors: {
    corpus: "safetensors",
    run(index, mutator, folder) {
      const whole = `${folder}/whole.safetensors`;
      writeSafetensors(
        whole,
        randomWeights(SMALL_CONFIG),
        parameterShapes(SMALL_CONFIG),
        mutator.pick(["F32", "BF16"]),
      );
      const bytes = kept("safetensors", index, () => changedSafetensors(mutator, Deno.readFileSync(whole)));
      const path = written(folder, "a.safetensors", bytes);
      const header = readSafetensorsHeader(path);
      for (const [name, stored] of header) {
        const { data } = readStoredTensor(path, name, stored);
        if (data.some((value) => !Number.isFinite(value))) return `${name} is not finite`;
      }
    },
  },
  gguf: {
    async run(_index, mutator, folder) {
      const whole = Deno.readFileSync(`tests/golden/gguf/${mutator.pick(["llama2", "qwen2", "phi3"])}.gguf`);
      const path = written(folder, "a.gguf", mutator.bytes(whole, 1 + mutator.below(4)));
      const { weights } = await loadCheckpoint(path);
      for (const [name, { data }] of weights) {
        if (data.some((value) => !Number.isFinite(value))) return `${name} is not finite`;
      }
      const tokenizer = await loadTokenizer(path);
      return typeof tokenizer.decode(tokenizer.encode("abc de")) === "string" ? undefined : "decodes to no text";
    },
  },
  "config.json": {
    corpus: "configs",
    run(index, mutator) {
      const value = kept("configs", index, () => mutator.json(mutator.pick(CONFIGS), 3));
      const config = parseCheckpointConfig(parseJsonRecord(JSON.stringify(value), "config.json"), "config.json");
      // What a checkpoint is read by is listed at once, however large each tensor is said to be.
      const shapes = [...parameterShapes(config).values()].flat();
      return shapes.every((size) => isCount(size) && size > 0) ? undefined : `shapes of ${shapes.join()}`;
    },
  },
  "chat templates": {
    corpus: "templates",
    run(index, mutator) {
      const text = kept(
        "templates",
        index,
        () =>
          mutator.below(2) === 0
            ? Array.from({ length: 1 + mutator.below(30) }, () => mutator.pick(TEMPLATE_PIECES)).join("")
            : new TextDecoder().decode(mutator.bytes(new TextEncoder().encode(mutator.pick(CORPUS.templates)))),
      );
      const render = parseChatTemplate(text);
      const rendered: unknown = render({
        messages: [{ role: "user", content: "1+1" }],
        add_generation_prompt: true,
        bos_token: "<s>",
        eos_token: "</s>",
      });
      return typeof rendered === "string" ? undefined : `rendered ${typeof rendered}`;
    },
  },
  "tokenizer.json": {
    corpus: "tokenizers",
    async run(index, mutator, folder) {
      const value = kept(
        "tokenizers",
        index,
        () =>
          mutator.below(4) === 0
            ? mutator.bytes(Deno.readFileSync("models/tiny/tokenizer.json"))
            : mutator.json(JSON.parse(Deno.readTextFileSync("models/tiny/tokenizer.json"))),
      );
      written(folder, "tokenizer.json", value);
      const tokenizer = await loadTokenizer(folder);
      const ids = tokenizer.encode("<user>12+30<assistant><think>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!");
      if (typeof tokenizer.decode(ids) !== "string") return "decodes to no text";
    },
  },
  "published counts": {
    corpus: "counts",
    run(index, mutator, folder) {
      const value = kept("counts", index, () => mutator.json(COUNTS, 3));
      for (const { datasets } of scoreFiles([written(folder, "a.json", value)], {}, "2026-01-01T00:00:00Z")) {
        for (const { problems } of datasets) {
          for (const { n, c } of problems) if (!isCount(n) || !isCount(c) || c > n) return `c ${c} of n ${n}`;
        }
      }
    },
  },
  "own problems": {
    corpus: "problems",
    run(index, mutator, folder) {
      const rows = [1, 2, 3].map((id) => ({ id: `p${id}`, question: `${id}+1`, answer: id + 1 }));
      const value = kept(
        "problems",
        index,
        () =>
          mutator.below(2) === 0
            ? (mutator.json(rows) as unknown[] | null)?.map?.((row) => JSON.stringify(row)).join("\n") ?? ""
            : mutator.bytes(new TextEncoder().encode(rows.map((row) => JSON.stringify(row) + "\n").join(""))),
      );
      const { problems } = readOwnDataset(written(folder, "own.jsonl", value));
      const ids = new Set(problems.map(({ id }) => id));
      if (ids.size < problems.length) return "an id twice";
      const bad = problems.find(({ question, answer }) => typeof question !== "string" || typeof answer !== "string");
      return bad && JSON.stringify(bad);
    },
  },
  "files of results": {
    corpus: "texts",
    run(index, mutator, folder) {
      const bytes = new TextEncoder().encode(JSON.stringify(someResult(mutator)));
      const path = written(folder, "r.json", kept("texts", index, () => mutator.bytes(bytes)));
      validateResult(readJson(path), path);
    },
  },
};

/** Changes in the header, where all decisions are, more often than among the numbers. */
function changedSafetensors(mutator: Mutator, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (mutator.below(3) === 0) return mutator.bytes(bytes);
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const text = new TextEncoder().encode(JSON.stringify(mutator.json(header)));
  const changed = new Uint8Array(8 + text.length + bytes.length - 8 - length);
  new DataView(changed.buffer).setBigUint64(0, BigInt(text.length), true);
  changed.set(text, 8);
  changed.set(bytes.subarray(8 + length), 8 + text.length);
  return changed;
}

const SIZES = {
  ...{ vocab_size: 22, hidden_size: 128, num_hidden_layers: 4, num_attention_heads: 4, num_key_value_heads: 2 },
  ...{ intermediate_size: 352, max_position_embeddings: 128, rms_norm_eps: 1e-6, rope_theta: 10000 },
};
const CONFIGS: readonly unknown[] = [
  { architectures: ["Qwen2ForCausalLM"], model_type: "qwen2", hidden_act: "silu", ...SIZES },
  { architectures: ["Qwen3ForCausalLM"], model_type: "qwen3", head_dim: 32, ...SIZES },
  {
    ...{ architectures: ["LlamaForCausalLM"], model_type: "llama", tie_word_embeddings: false, ...SIZES },
    rope_scaling: {
      ...{ rope_type: "llama3", factor: 8, low_freq_factor: 1, high_freq_factor: 4 },
      original_max_position_embeddings: 64,
    },
  },
  { model_type: "mistral", sliding_window: 7, rope_scaling: { rope_type: "yarn", factor: 4, beta_fast: 3 }, ...SIZES },
  {
    ...{ model_type: "phi3", partial_rotary_factor: 0.5, original_max_position_embeddings: 64, ...SIZES },
    rope_scaling: { type: "longrope", short_factor: [1, 1, 2, 2, 3, 3, 4, 4], long_factor: [2, 2, 2, 2, 5, 5, 5, 5] },
  },
  {
    ...{ model_type: "smollm3", no_rope_layers: [1, 0], layer_types: ["full_attention", "sliding_attention"] },
    ...{ use_sliding_window: true, sliding_window: 3, attention_bias: true, mlp_bias: true, ...SIZES },
  },
];

const COUNTS: readonly unknown[] = ["none", "grpo"].flatMap((training) =>
  ["a", "b"].map((dataset) => ({
    ...{ base_model: "m", training, decoding: "discrete", dataset, samples_per_problem: 32 },
    ...{ correct_counts: [0, 5, 17, 31, 32, 2], source: "https://example.org" },
    reported: { pass_at_1: 0.4, ks: [1, 32], pass_at_k: [0.4, 0.8] },
  }))
);

const TEMPLATE_PIECES: readonly string[] = [
  ...["{{", "}}", "{%", "%}", "{#", "#}", "-%}", "{{-", " ", "\n", "text", "{% endfor %}", "{% endif %}", "{% else %}"],
  ...["{% for m in messages %}", "{% for i in range(9) %}", "{% if add_generation_prompt %}", "{% set x = 1 %}"],
  ...["{% set ns = namespace(n=0) %}", "{% set ns.n = ns.n + 1 %}", "{% macro f(a) %}", "{% endmacro %}", "{{ f(1) }}"],
  ...["{{ m.role }}", "{{ messages[0]['content'] }}", "{{ x }}", "{{ x * 3 }}", "{{ 'a' ~ x }}", "{{ m | tojson }}"],
  ...["{{ messages | length }}", "{{ none.a }}", "{{ 'a' * 1000000 }}", "{{ x.constructor }}", "{{ messages | join }}"],
  ...["{{ raise_exception('no') }}", "{% break %}", "{{ strftime_now('%Y') }}", "{{ range(5) | list }}", "| trim", "("],
  ...[
    "{% set x = x ~ x %}",
    "{{ [x, x] }}",
    "{{ {'a': x} }}",
    "{{ x[::-1] }}",
    "{{ x is defined }}",
    "{{ loop.index }}",
  ],
];
