/**
 * The commands of those who change the program: what makes committed files again, and what measures it. Some of them lie
 * outside `src/`, in a checkout alone.
 *
 * @module
 */
import { pathToFileURL } from "node:url";
import { command, type CommandArguments, from } from "../command.ts";
import { BenchError } from "../../errors.ts";
import { isPresent } from "../../files/read.ts";
import { CHECKPOINT, FOLDER, path, text, toggle, whole } from "../flag.ts";
import { CODE_FOLDER } from "../places.ts";
import { mirror } from "./shared.ts";

const pretrainFlags = {
  output: path("DIR", "Folder of the model (default models/tiny)", {
    writes: CHECKPOINT,
    writesInsteadOf: ["./models"],
  }),
  verify: toggle("Write nothing: compare what comes out with the folder's bytes"),
  workers: whole("Threads (default all cores); the bytes do not depend on it"),
};
/** Arguments of `pretrain`. */
export type PretrainArguments = CommandArguments<typeof pretrainFlags>;

/** `pretrain`. */
export const pretrain = command({
  name: "pretrain",
  summary: "Make models/tiny again, byte for byte",
  audience: "maintainers",
  positionals: [],
  flags: pretrainFlags,
  examples: ["pretrain", "pretrain --verify"],
  permissions: () => "pretrain",
  run: from("./pretrain.ts"),
});

/** `published`. */
export const published = command({
  name: "published",
  summary: "Published tables, recomputed from counts or as printed, and protocols, to benchmarks/published",
  audience: "maintainers",
  positionals: [],
  flags: {},
  examples: ["published"],
  permissions: () => ["code-experiments", "published"],
  run: (args) => inCheckout("benchmarks/published/make_document.ts", args),
});

const smallCheckpointFlags = {
  steps: whole("Training steps (default 60)"),
  output: path("DIR", "Folder of the model (default .data/models/small-qwen2)", {
    writes: CHECKPOINT,
    writesInsteadOf: ["./.data"],
  }),
  mirror,
};
/** Arguments of `small-checkpoint`. */
export type SmallCheckpointArguments = CommandArguments<typeof smallCheckpointFlags>;

/** `small-checkpoint`. */
export const smallCheckpoint = command({
  name: "small-checkpoint",
  summary: "Make a 2 M parameter Qwen2 checkpoint with a byte-level BPE tokenizer from GSM8K train",
  audience: "maintainers",
  positionals: [],
  flags: smallCheckpointFlags,
  examples: ["small-checkpoint --mirror DIR"],
  permissions: () => "small-checkpoint",
  run: (args) => inCheckout("benchmarks/small_checkpoint/make.ts", args),
});

const buildEngineFlags = { check: toggle("Write nothing: compare what comes out with the committed bytes") };
/** Arguments of `build:engine`. */
export type BuildEngineArguments = CommandArguments<typeof buildEngineFlags>;

/** `build:engine`. */
export const buildEngine = command({
  name: "build:engine",
  summary: "Compile the engine's kernels, to WebAssembly and to native libraries, with a pinned compiler",
  audience: "maintainers",
  positionals: [],
  flags: buildEngineFlags,
  examples: ["build:engine --check"],
  permissions: () => "build-engine",
  run: from("./build_engine.ts"),
});

const fuzzFlags = {
  seconds: whole("How long (default 120)"),
  seed: whole("Of the random answers (default 1)", { least: 0 }),
};
/** Arguments of `fuzz:grading`. */
export type FuzzArguments = CommandArguments<typeof fuzzFlags>;

/** `fuzz:grading`. */
export const fuzzGrading = command({
  name: "fuzz:grading",
  summary: "Random answers against the grader; stops at the first that breaks a promise",
  audience: "maintainers",
  positionals: [],
  flags: fuzzFlags,
  examples: ["fuzz:grading --seconds 30"],
  permissions: () => "fuzz-grading",
  run: (args) => inCheckout("tests/fuzz/grading_fuzz.ts", args),
});

/** `bench:timing`. */
export const benchTiming = command({
  name: "bench:timing",
  summary: "Time the engine's kernels, decoding and training step, by workers",
  audience: "maintainers",
  positionals: [],
  flags: { filter: text("TEXT", "Only measurements whose name has this text"), json: toggle("One JSON document") },
  examples: ["bench:timing", "bench:timing --filter decode"],
  permissions: () => ["code-model", "code-native", "timing"],
  deno: ["bench", "benchmarks/timing"],
  run: () => Promise.reject(new BenchError("Cannot time in this process: deno bench does; run deno task bench:timing")),
});

const peersFlags = {
  python: path("PATH", "A Python with the peers' packages (default one of its own, in .cache)"),
  rounds: whole("Counted steps of each peer (default 12, with --torch or --decoding 5)"),
  warmUp: whole("First steps, which compile and warm up and are not counted (default 3)", { least: 0 }),
  scenario: whole("Only this scenario, counted from 0", { least: 0, most: 2 }),
  growth: toggle("Also how time grows with the model"),
  torch: toggle(
    "In place of all that, the step of the engine and of --backend torch at the size of SmolLM2-135M, beside TRL's",
  ),
  decoding: toggle("In place of all that, decoding at the size of SmolLM2-135M, beside generate's"),
  vllm: path("PATH", "With --decoding, a Python that has vLLM, to decode with it too"),
  llama: toggle("With --decoding, to decode with node-llama-cpp too, which is fetched into .cache (0.7 GB)"),
  write: toggle("Put the tables into benchmarks/README.md"),
};
/** Arguments of `bench:peers`. */
export type PeersArguments = CommandArguments<typeof peersFlags>;

/** `bench:peers`. */
export const benchPeers = command({
  name: "bench:peers",
  summary: "The same GRPO step in TRL, in a PyTorch loop and here, interleaved in one run",
  audience: "maintainers",
  positionals: [],
  flags: peersFlags,
  examples: ["bench:peers --rounds 6", "bench:peers --torch", "bench:peers --decoding --llama"],
  permissions: () => "peers",
  run: (args) => inCheckout("benchmarks/peers/compare.ts", args),
});

const gpuCheckFlags = {
  python: path("PATH", "A Python with torch and transformers (default that of setup:torch)", { runs: true }),
  out: path("DIR", "Folder of gpu_check.json and its tables (default .cache/gpu_check)", {
    writes: FOLDER,
    insteadOf: ["./.cache/gpu_check"],
  }),
};
/** Arguments of `gpu:check`. */
export type GpuCheckArguments = CommandArguments<typeof gpuCheckFlags>;

/** `gpu:check`. */
export const gpuCheck = command({
  name: "gpu:check",
  summary: "PyTorch on this machine's GPU: parity, speed beside peers, memory; offline, in minutes",
  audience: "maintainers",
  positionals: [],
  flags: gpuCheckFlags,
  examples: ["gpu:check", "gpu:check --python python3 --out gpu"],
  permissions: () => ["code-experiments", "code-model", "gpu-check"],
  run: (args) => inCheckout("benchmarks/gpu/check.ts", args),
});

/** `schemas`. */
export const schemas = command({
  name: "schemas",
  summary: "Renew what follows from the schemas: types, tables of keys and fields, JSON Schemas",
  audience: "maintainers",
  positionals: [],
  flags: {},
  examples: ["schemas"],
  permissions: () => "schemas",
  run: (args) => inCheckout("results/schema/make.ts", args),
});

/** `check:commits`. */
export const checkCommits = command({
  name: "check:commits",
  summary: "Whether new commits name place and change in the subject, and say why in the body",
  audience: "maintainers",
  positionals: [],
  flags: {},
  examples: ["check:commits"],
  permissions: () => "check-commits",
  run: (args) => inCheckout("tests/commit_messages.ts", args),
});

const packFlags = {
  output: path("FILE", "The tarball (default .cache/soft-grpo-bench-VERSION.tgz)", { writes: [""] }),
};
/** Arguments of `pack`. */
export type PackArguments = CommandArguments<typeof packFlags>;

/** `pack`. */
export const pack = command({
  name: "pack",
  summary: "Make the npm package, a tarball that installs the command with its Deno",
  audience: "maintainers",
  positionals: [],
  flags: packFlags,
  examples: ["pack --output soft-grpo-bench.tgz"],
  permissions: () => ["code-lock", "code-run", "pack"],
  run: from("./pack.ts"),
});

/** Runs a command that lies outside `src/`, which what is installed leaves out. */
async function inCheckout<Args>(script: string, args: Args): Promise<number> {
  const file = `${CODE_FOLDER}/${script}`;
  if (!isPresent(file)) throw new BenchError(`Cannot run ${script}: it is a part of the checkout alone`);
  const { run } = await import(pathToFileURL(file).href) as { run(args: Args): number | Promise<number> };
  return await run(args);
}
