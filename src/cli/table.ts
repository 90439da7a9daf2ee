/**
 * Every command with its flags: the one table behind `--help`, parsing and the docs. Heavy modules load in `run`.
 *
 * @module
 */
import type { Command, Flag } from "../commands/command.ts";

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

/** More threads than any machine's cores would only take memory. */
const MOST_WORKERS = 512;

const backendFlags: readonly Flag[] = [
  {
    name: "backend",
    kind: "string",
    value: "NAME",
    choices: ["auto", "cpu-engine", "tfjs-cpu", "webgpu", "tensorflow"],
    help: "where the model computes (default auto)",
  },
  {
    name: "workers",
    kind: "number",
    value: "N",
    integer: true,
    minimum: 1,
    maximum: MOST_WORKERS,
    help: "threads of cpu-engine (default all cores); small models use them for several runs at once",
  },
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
  { name: "seed", kind: "number", value: "N", integer: true, minimum: 0, help: "one seed instead of the experiment's" },
  { name: "seeds", kind: "list", value: "N,N", help: "seeds instead of the experiment's" },
  {
    name: "limit",
    kind: "number",
    value: "N",
    integer: true,
    minimum: 1,
    help: "a smoke run, marked as such: the first N problems per dataset, N training steps of N prompts",
  },
  {
    name: "problems",
    kind: "number",
    value: "N",
    integer: true,
    minimum: 1,
    help: "problems per dataset, the first N of each (default as many as the experiment takes)",
  },
  { name: "samples", kind: "number", value: "N", integer: true, minimum: 1, help: "samples per problem" },
  { name: "steps", kind: "number", value: "N", integer: true, minimum: 1, help: "training steps per arm" },
  {
    name: "max-new-tokens",
    kind: "number",
    value: "N",
    integer: true,
    minimum: 1,
    help: "longest completion, thoughts and answer together",
  },
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
    positionals: "[EXPERIMENT]",
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
        integer: true,
        minimum: 1,
        help: "threads (default all cores); the bytes do not depend on it",
      },
    ],
    examples: ["pretrain", "pretrain --verify"],
    run: async (args) => (await import("../commands/pretrain.ts")).run(args),
  },
  {
    name: "score",
    summary: "recompute metrics from samples, results or published per-problem counts",
    positionals: "FILE…",
    flags: [
      { name: "pass-at", kind: "list", value: "K,K", help: "k of Pass@k (default 1 and as many as there are samples)" },
      { name: "majority-at", kind: "list", value: "K,K", help: "k of majority@k, where votes are known" },
      { name: "bootstrap", kind: "number", value: "N", help: "also bootstrap intervals of averages, from N resamples" },
      { name: "save", kind: "boolean", help: "write published counts as results of status imported" },
      resultsFlag,
      jsonFlag,
    ],
    examples: ["score results/v1", "score counts.json --pass-at 1,16,32 --json"],
    run: async (args) => (await import("../commands/score.ts")).run(args),
  },
  {
    name: "compare",
    summary: "regression check of NEW against BASE: exit 0 none, 3 regression, 4 not enough data",
    positionals: "BASE NEW",
    flags: [
      { name: "detect", kind: "number", value: "POINTS", help: "the loss that must be visible (default 5 points)" },
      { name: "metrics", kind: "list", value: "A,B", help: "metrics that count, e.g. pass@1,majority@32" },
      {
        name: "allow",
        kind: "list",
        value: "A,B",
        choices: ["dataset", "grader", "prompt"],
        help: "compare although these differ",
      },
      { name: "markdown", kind: "boolean", help: "a comment for a pull request" },
      jsonFlag,
    ],
    examples: ["compare base.json new.json", "compare results/main results/change --detect 2 --markdown"],
    run: async (args) => (await import("../commands/compare.ts")).run(args),
  },
  {
    name: "power",
    summary: "what a comparison could have seen, and how many problems, samples or seeds would decide it",
    positionals: "BASE [NEW]",
    flags: [
      { name: "detect", kind: "number", value: "POINTS", help: "the difference to plan for" },
      { name: "power", kind: "number", value: "P", help: "chance of seeing it (default 0.8)" },
      jsonFlag,
    ],
    examples: ["power base.json new.json", "power base.json --detect 2"],
    run: async (args) => (await import("../commands/power.ts")).run(args),
  },
  {
    name: "leaderboard",
    summary: "results -> leaderboard.json and LEADERBOARD.md, and the formats that others ingest",
    positionals: "[DIR]",
    flags: [
      { name: "check", kind: "boolean", help: "write nothing: exit 1 if the files are stale" },
      { name: "smoke", kind: "boolean", help: "also show smoke runs and runs of uncommitted code, marked" },
      {
        name: "export",
        kind: "string",
        value: "FORMAT",
        choices: ["every-eval-ever", "hf-eval-results", "lm-eval"],
        help: "write this format into DIR, below results/, instead",
      },
      { name: "readme", kind: "string", value: "FILE", help: "document whose block is renewed (default README.md)" },
      resultsFlag,
      jsonFlag,
    ],
    examples: ["leaderboard", "leaderboard --check", "leaderboard --export every-eval-ever results/export"],
    run: async (args) => (await import("../commands/leaderboard.ts")).run(args),
  },
  {
    name: "report",
    summary: "results -> one self-contained HTML page with tables, plots and samples",
    flags: [
      resultsFlag,
      { name: "runs", kind: "string", value: "DIR", help: "folder of runs, for samples (default runs)" },
      {
        name: "output",
        kind: "string",
        value: "FILE",
        help: "the page (default results/report.html); - for standard output",
      },
      {
        name: "problems",
        kind: "number",
        value: "N",
        integer: true,
        minimum: 0,
        help: "problems per dataset whose samples are shown",
      },
      jsonFlag,
    ],
    examples: ["report", "report --output - > page.html"],
    run: async (args) => (await import("../commands/report.ts")).run(args),
  },
  {
    name: "models",
    summary: "checkpoints by org/name@revision: list what is here, fetch",
    positionals: "[list|fetch] [NAME…]",
    flags: [
      mirrorFlag,
      { name: "offline", kind: "boolean", help: "use no network: only what is here and a mirror folder" },
      { name: "cache", kind: "string", value: "DIR", help: "folder of checkpoints (default .data/models)" },
      jsonFlag,
    ],
    examples: ["models", "models fetch deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B@REVISION"],
    run: async (args) => (await import("../commands/models.ts")).run(args),
  },
  {
    name: "grade",
    summary: "JSONL {gold, pred} -> JSONL {equal, extracted, reason}, in the same order",
    flags: [
      { name: "input", kind: "string", value: "FILE", help: "one JSON object per line; - for standard input" },
      {
        name: "grader",
        kind: "string",
        value: "NAME",
        choices: ["symbolic", "release-string"],
        help: "ours (default), or the released SofT-GRPO's string rule",
      },
    ],
    examples: ["grade --input pairs.jsonl"],
    run: async (args) => (await import("../commands/grade.ts")).run(args),
  },
  {
    name: "model",
    summary: "load a checkpoint and print ids, logits and greedy tokens, to compare with another implementation",
    positionals: "DIR",
    flags: [
      { name: "text", kind: "string", value: "TEXT", help: "what is fed, as it is" },
      { name: "chat", kind: "boolean", help: "put the text into a user turn of the chat template first" },
      { name: "greedy", kind: "number", value: "N", integer: true, minimum: 0, help: "greedy tokens to continue with" },
      { name: "mixture", kind: "list", value: "ID:W,ID:W", help: "a soft token fed after the text" },
      backendFlags[0],
      jsonFlag,
    ],
    examples: ['model models/tiny --text "<user>47+38<assistant><think>" --greedy 12'],
    run: async (args) => (await import("../commands/model.ts")).run(args),
  },
  {
    name: "doctor",
    summary: "what this machine has: backends that work, cores, GPU, caches, and what is missing",
    flags: [
      { name: "network", kind: "boolean", help: "also try the hosts that downloads come from" },
      jsonFlag,
    ],
    examples: ["doctor"],
    run: async (args) => (await import("../commands/doctor.ts")).run(args),
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
