/**
 * Short real invocations of every task that runs under permission sets: together they need all that the sets allow.
 *
 * @module
 */

/** A command line, and where and with what it runs. */
export interface Scenario {
  /** As it is typed. */
  readonly line: string;
  /** In a folder of its own, as an installed program does (see `folder.ts`), or in the checkout. */
  readonly where: "folder" | "checkout";
  /** The exit code it ends with (default 0); any where the machine decides. */
  readonly code?: number | "any";
  readonly env?: Readonly<Record<string, string>>;
  /** Programs without which it cannot be tried. */
  readonly programs?: readonly string[];
  /** Whether it starts Deno itself, which begins the log of accesses anew. */
  readonly startsDeno?: boolean;
}

/** Those that take well under a second each, on a machine that does nothing else. */
export const QUICK: readonly Scenario[] = [
  inFolder("runs"),
  inFolder("runs check", { code: 1 }),
  inFolder("runs remove RUN --yes"),
  inFolder("score counts.json --save"),
  inFolder("compare results/v2 results/v2"),
  inFolder("power results/v2"),
  inFolder("leaderboard"),
  inFolder("leaderboard --partial --export lm-eval out"),
  inFolder("leaderboard --partial --export lighteval-details out"),
  inFolder("report"),
  inFolder("view --port PORT", { code: 1 }),
  inFolder("grade --input pairs.jsonl"),
  inFolder("grade --input samples.jsonl", { code: 1 }),
  inFolder("datasets verify math500", { code: 1, env: { SOFT_GRPO_BENCH_MIRROR: "mirror" } }),
  inFolder("models list"),
  inFolder("models fetch own/model --from model.gguf"),
  inFolder("model models/tiny --text 1"),
  inFolder("model org/name --text 1", { code: 1 }),
  inFolder("merge adapter merged", { code: 1 }),
];

/** Those that compute, start other programs, or reach for the network. */
export const SLOW: readonly Scenario[] = [
  inFolder("bench paper_1_5b --backend webgpu --dry-run"),
  inFolder("bench own.ts --json --quiet"),
  inFolder("bench --arms base,discrete-grpo --limit 1 --seed 1 --samples 1 --datasets arith-add --json --quiet"),
  inFolder(
    "train --arms discrete-grpo --limit 1 --seed 1 --quiet --track tensorboard t --track trackio t --track wandb-offline t",
  ),
  inFolder("launch --dry-run"),
  inFolder("launch --datasets aime2024 --dry-run", { code: 2, env: { SOFT_GRPO_BENCH_MIRROR: "mirror" } }),
  inFolder("evaluate --datasets aime2024 --decoding matched --seed 1 --quiet", {
    code: 1,
    env: { SOFT_GRPO_BENCH_MIRROR: "mirror" },
  }),
  // Nobody listens there; that it asks for that port alone is in tests/cli/permissions_test.ts.
  inFolder("sample --address http://127.0.0.1:1 --datasets arith-add --decoding matched --limit 1 --quiet", {
    code: 1,
  }),
  inFolder("grade --input programs.jsonl --kind python-tests"),
  inFolder("grade --input programs.jsonl --kind python-tests --executor python", { programs: ["python3"] }),
  inFolder("bench --native blas --arms base --limit 1 --seed 1 --samples 1 --datasets arith-add --json --quiet", {
    code: "any",
  }),
  inFolder("datasets fetch math500 aime2024", { code: 1 }),
  inFolder("datasets fetch aime2024", {
    code: 1,
    env: { SOFT_GRPO_BENCH_MIRROR: "mirror" },
  }),
  inFolder("models fetch org/name", { code: 1 }),
  inFolder("doctor", { startsDeno: true }),
  inFolder("doctor --network", { startsDeno: true }),
  inCheckout("published"),
  inCheckout("schemas"),
  inCheckout("fuzz:grading --seconds 1"),
  inCheckout("check:commits", { programs: ["git"] }),
  inCheckout("pack", { programs: ["git", "tar"] }),
];

/** Tasks that no scenario runs, and why. */
export const NOT_RUN: Readonly<Record<string, string>> = {
  "setup:tensorflow": "it downloads 0.3 GB",
  "setup:torch": "it downloads as much, or more",
  "build:engine": "it downloads 0.1 GB; tests/slow/engine_build_test.ts runs it where that was done",
  "pretrain": "it computes for minutes; tests/slow/pretrain_test.ts runs it",
  "small-checkpoint": "it takes GSM8K's training problems, which are not at hand",
  "bench:ablations": "its page is made of a thousand results, which takes a minute",
  "bench:timing": "it computes for a minute, whatever its filter",
  "bench:peers": "it needs PyTorch and TRL",
  "gpu:check": "it needs PyTorch",
};

const NEEDS_A_CLUSTER = "tests/slow/ray_test.ts has a cluster, whose results come back";
const NO_DATASET = "questions are shown where the dataset was fetched";
const WRITTEN_WHERE_STALE = "it is written where it is stale alone";

/** Entries that no scenario needs, and why they are there. */
export const UNTRIED: readonly (readonly [set: string, kind: string, entry: string, why: string])[] = [
  ["models-fetch", "net", "cdn-lfs.huggingface.co", "the hub leads there"],
  ["models-fetch", "net", "*.hf.co", "the hub leads there"],
  ["code-checked-write", "write", "./.cache/checked-results", "what is noted saves time alone"],
  ["models-fetch", "env", "HF_TOKEN", "only a hub that answers tells whether it was sent"],
  ["launch-job", "read", "./results", NEEDS_A_CLUSTER],
  ["launch-job", "write", "./results", NEEDS_A_CLUSTER],
  ["launch-job", "run", "git", NEEDS_A_CLUSTER],
  ["launch-job", "env", "RAY_AUTH_TOKEN", NEEDS_A_CLUSTER],
  ["launch-job", "env", "RAY_AUTH_TOKEN_PATH", NEEDS_A_CLUSTER],
  ["launch-job", "env", "HOME", NEEDS_A_CLUSTER],
  ["compute", "sys", "systemMemoryInfo", "where nobody may look, a memory is assumed, and no number depends on it"],
  ["compute", "read", "npm:pyodide", "the embedded model writes no program; grade has a set for the same"],
  ["export-samples", "read", "./.data", NO_DATASET],
  ["report", "read", "./.data", NO_DATASET],
  ["doctor", "run", "g++", "it is asked where there is no c++"],
  ["schemas", "write", "./docs/experiments.md", WRITTEN_WHERE_STALE],
  ["schemas", "write", "./results/README.md", WRITTEN_WHERE_STALE],
  ["schemas", "write", "./results/schema", WRITTEN_WHERE_STALE],
  ["schemas", "write", "./src", WRITTEN_WHERE_STALE],
  ["schemas", "write", "./mod.ts", WRITTEN_WHERE_STALE],
];

function inFolder(line: string, more: Partial<Scenario> = {}): Scenario {
  return { line, where: "folder", ...more };
}

function inCheckout(line: string, more: Partial<Scenario> = {}): Scenario {
  return { line, where: "checkout", ...more };
}
