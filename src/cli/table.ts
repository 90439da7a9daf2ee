/**
 * Every command with its flags: the one table behind `--help`, parsing and the docs. Heavy modules load in `run`.
 *
 * @module
 */
import type { Command, Flag } from "./command.ts";

const jsonFlag: Flag = {
  name: "json",
  kind: "boolean",
  help: "one JSON document on stdout, everything else on stderr",
};
const resultsFlag: Flag = {
  name: "results",
  kind: "string",
  value: "DIR",
  help: "folder of results (default results)",
};
const mirrorFlag: Flag = {
  name: "mirror",
  kind: "string",
  value: "DIR|URL",
  help: "take downloads from this folder or address; hashes decide all the same",
};

const backendFlags: readonly Flag[] = [
  {
    name: "backend",
    kind: "string",
    value: "NAME",
    choices: ["auto", "cpu-engine", "tfjs-cpu", "webgpu", "tensorflow"],
    help: "where the model computes (default auto)",
  },
  { name: "workers", kind: "number", value: "N", help: "threads of cpu-engine (default all cores)" },
  {
    name: "native",
    kind: "string",
    value: "c|blas",
    choices: ["c", "blas"],
    implied: "c",
    help: "cpu-engine: weight products by our C kernel (default) or by OpenBLAS (see setup:native)",
  },
];

/** Flags of every command that resolves an experiment. */
const experimentFlags: readonly Flag[] = [
  { name: "model", kind: "string", value: "DIR", help: "checkpoint folder, or org/name@revision that was fetched" },
  { name: "datasets", kind: "list", value: "A,B", help: "datasets by name, or JSONL files by path" },
  { name: "arms", kind: "list", value: "A,B", help: "run only these arms of the experiment" },
  { name: "seed", kind: "number", value: "N", help: "one seed instead of the experiment's" },
  { name: "seeds", kind: "list", value: "N,N", help: "seeds instead of the experiment's" },
  { name: "limit", kind: "number", value: "N", help: "only the first N problems a dataset; marks results as smoke" },
  { name: "samples", kind: "number", value: "N", help: "samples a problem" },
  { name: "steps", kind: "number", value: "N", help: "training steps an arm" },
  { name: "max-new-tokens", kind: "number", value: "N", help: "longest completion, thoughts and answer together" },
  ...backendFlags,
  mirrorFlag,
  resultsFlag,
  { name: "runs", kind: "string", value: "DIR", help: "folder of unfinished and finished work (default runs)" },
  { name: "dry-run", kind: "boolean", help: "print the resolved configuration and the work it implies, then stop" },
  jsonFlag,
];

/** All commands, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  {
    name: "bench",
    summary: "train every arm of an experiment, evaluate, write result files, print the table",
    positionals: "[EXPERIMENT]",
    flags: [
      ...experimentFlags,
      { name: "verify", kind: "string", value: "FILE", help: "run a result's configuration again and compare" },
    ],
    examples: ["bench", "bench --limit 4 --seed 1", "bench paper_1_5b --dry-run"],
    run: async (args) => (await import("../commands/bench.ts")).run(args),
  },
  {
    name: "train",
    summary: "the first half of bench: train the arms and save their checkpoints",
    positionals: "[EXPERIMENT]",
    flags: experimentFlags,
    examples: ["train --arms discrete-grpo --seed 1"],
    run: async (args) => (await import("../commands/train.ts")).run(args),
  },
  {
    name: "evaluate",
    summary: "the second half of bench: sample a model on datasets and score it, without training",
    flags: [
      ...experimentFlags.filter((flag) => flag.name !== "arms" && flag.name !== "steps"),
      {
        name: "decoding",
        kind: "string",
        value: "NAME",
        help: "how thoughts are decoded: an arm's name of the experiment, e.g. base-discrete, base-soft-thinking",
      },
    ],
    examples: ["evaluate --model models/tiny --datasets arith-add --decoding base-discrete --samples 8"],
    run: async (args) => (await import("../commands/evaluate.ts")).run(args),
  },
  {
    name: "datasets",
    summary: "where datasets come from, fetching them, and whether they are right",
    positionals: "[list|fetch|verify] [NAME…]",
    flags: [
      mirrorFlag,
      { name: "offline", kind: "boolean", help: "use no network: only the cache and a mirror folder" },
      { name: "cache", kind: "string", value: "DIR", help: "folder of downloads (default .data/datasets)" },
      jsonFlag,
    ],
    examples: ["datasets", "datasets fetch", "datasets fetch gsm8k_train --mirror DIR", "datasets verify math500"],
    run: async (args) => (await import("../commands/datasets.ts")).run(args),
  },
  {
    name: "pretrain",
    summary: "make models/tiny again, byte for byte",
    flags: [
      { name: "output", kind: "string", value: "DIR", help: "folder of the model (default models/tiny)" },
      { name: "verify", kind: "boolean", help: "write nothing: compare what comes out with the folder's bytes" },
      {
        name: "workers",
        kind: "number",
        value: "N",
        help: "threads (default all cores); the bytes do not depend on it",
      },
    ],
    examples: ["pretrain", "pretrain --verify"],
    run: async (args) => (await import("../commands/pretrain.ts")).run(args),
  },
  {
    name: "setup:tensorflow",
    summary: "make or remove the native TensorFlow of --backend tensorflow, in .cache/tensorflow",
    flags: [
      { name: "cpu", kind: "boolean", help: "compute on the CPU (default without an NVIDIA driver)" },
      { name: "cuda", kind: "boolean", help: "compute on an NVIDIA GPU (default with its driver)" },
      {
        name: "from",
        kind: "string",
        value: "PATH",
        help: "download nothing: a folder of the pinned files, or an installed TensorFlow package",
      },
      {
        name: "source",
        kind: "string",
        value: "NAME",
        choices: ["official", "wheel"],
        help: "TensorFlow's own archive (2.9.1, CPU) or the wheel; default the first that can be had",
      },
      { name: "undo", kind: "boolean", help: "remove all that this command made" },
    ],
    examples: ["setup:tensorflow", "setup:tensorflow --cuda --from wheels", "setup:tensorflow --undo"],
    run: async (args) => (await import("../commands/setup_tensorflow.ts")).run(args),
  },
];
