/**
 * The commands that run experiments.
 *
 * @module
 */
import { command, type CommandArguments, from, type Positional } from "../command.ts";
import { FILE, FOLDER, number, oneOf, path, text, texts, toggle, whole } from "../flag.ts";
import { computingSets, executorSets, experimentFlags, json, MODEL } from "./shared.ts";

/** Which experiment: its name, or its file. */
export const EXPERIMENT: Positional = {
  name: "EXPERIMENT",
  optional: true,
  place: { isPath: (given) => /[/\\]|\.ts$/.test(given), reads: "its folder" },
};

/** Experiments whose models ask for a GPU: they choose torch, unless `--backend` says otherwise. */
const ON_TORCH: ReadonlySet<string> = new Set(["paper_1_5b", "paper_3b", "paper_7b", "paper_soft_tokens_3b"]);

/** The backend that a command line names, or that its experiment chooses. */
export function chosenBackend<Name extends string>(
  flags: { readonly backend?: Name },
  [experiment = ""]: readonly string[],
): Name | "auto" | "torch" {
  return flags.backend ?? (ON_TORCH.has(experiment) ? "torch" : "auto");
}

function experimentSets(
  flags: Parameters<typeof computingSets>[0],
  positionals: readonly string[],
): string[] {
  return computingSets({ ...flags, backend: chosenBackend(flags, positionals) });
}

const trainFlags = {
  ...experimentFlags,
  loraRank: whole("Train a low-rank adapter of this rank in place of all weights; with --lora-alpha"),
  loraAlpha: number("X", "What the adapter adds is scaled by alpha / rank"),
};
const benchFlags = {
  ...trainFlags,
  profile: toggle("Print at the end where the time of training and evaluation went"),
  verify: path("FILE", "Run a result's configuration again and compare"),
};
/** Arguments of `bench`; the flags of `train` are among them. */
export type BenchArguments = CommandArguments<typeof benchFlags>;
/** Arguments that every command on an experiment has. */
export type ExperimentArguments = CommandArguments<typeof trainFlags>;

/** `bench`. */
export const bench = command({
  name: "bench",
  summary: "The main job: train every arm of an experiment, evaluate, write results, print the table",
  audience: "users",
  positionals: [EXPERIMENT],
  flags: benchFlags,
  examples: ["bench", "bench --limit 4 --seed 1", "bench paper_1_5b --dry-run"],
  permissions: (flags, positionals) => [...experimentSets(flags, positionals), "publish", "code-checked"],
  run: from("./bench.ts"),
});

/** `train`. */
export const train = command({
  name: "train",
  summary: "The first half of bench: train the arms of an experiment and save their checkpoints",
  audience: "users",
  positionals: [EXPERIMENT],
  flags: trainFlags,
  examples: ["train --arms discrete-grpo --seed 1", "train --arms discrete-grpo --lora-rank 8 --lora-alpha 16"],
  permissions: experimentSets,
  run: from("./train.ts"),
});

const {
  arms: _arms,
  steps: _steps,
  keepRollouts: _keepRollouts,
  lr: _lr,
  promptsPerStep: _promptsPerStep,
  groupSize: _groupSize,
  ...untrainedFlags
} = experimentFlags;
const evaluateFlags = {
  ...untrainedFlags,
  model: {
    ...untrainedFlags.model,
    help: `${untrainedFlags.model.help}; where no experiment is named, settings follow from it (experiment checkpoint)`,
  },
  problems: whole(
    "Problems per dataset, the first N of each (default all of those that --datasets names, else as many as the experiment takes)",
  ),
  decoding: text(
    "NAME",
    "How thoughts are decoded: a decoding or arm of the experiment, e.g. matched, soft-thinking; of a model alone also discrete, greedy",
  ),
};
/** Arguments of `evaluate`. */
export type EvaluateArguments = CommandArguments<typeof evaluateFlags>;

/** `evaluate`. */
export const evaluate = command({
  name: "evaluate",
  summary: "The second half of bench: sample a model on datasets and score it, without training",
  audience: "users",
  positionals: [EXPERIMENT],
  flags: evaluateFlags,
  examples: [
    "evaluate --model DIR --datasets gsm8k --samples 4 --limit 50",
    "evaluate tiny --model models/tiny --datasets arith-add --decoding matched --samples 8",
    "evaluate paper_1_5b --model DIR --datasets humaneval --decoding matched --samples 4 --max-new-tokens 512",
  ],
  permissions: (flags, positionals) => [...experimentSets(flags, positionals), "publish", "code-checked"],
  run: from("./evaluate.ts"),
});

const { backend: _backend, workers: _workers, native: _native, sandboxed: _sandboxed, ...withoutEngine } =
  evaluateFlags;
const { decodeDtype: _decodeDtype, ...withoutModel } = withoutEngine;
const { device: _device, dtype: _dtype, devices: _devices, shard: _shard, ...onAnyDevice } = withoutModel;
const { keepThoughts: _keepThoughts, ...remoteFlags } = onAnyDevice;
const { dryRun: _dryRun, track: _track, ...sampledFlags } = remoteFlags;
/** Seconds of a day: a longer wait is a mistake. */
const MOST_SECONDS = 86_400;
const MOST_REQUESTS = 4096;
const sampleFlags = {
  ...sampledFlags,
  model: path("DIR", "Folder with the served model's tokenizer and chat template; weights need not be there", MODEL),
  address: texts("URL,URL", "Servers, as http://host:8000: vLLM, SGLang or others of OpenAI's protocol", {
    isPath: () => false,
    connects: true,
  }),
  servedModel: text("NAME", "The servers' name for the model, where they have several"),
  route: oneOf(
    "NAME",
    ["ids", "text", "chat", "generate"],
    "How prompts travel: ids, our token ids (default); text; chat, put into the server's template; generate, SGLang's own",
  ),
  logProbs: toggle("Keep the log-probability of each token, as the server tells it"),
  concurrency: whole("Requests under way at each server (default 64)", { most: MOST_REQUESTS }),
  timeout: whole("Seconds after which a request is given up and sent again (default 3600)", { most: MOST_SECONDS }),
  attempts: whole("Attempts of one sample (default 20)", { most: 1000 }),
  patience: whole("Seconds that all servers may be gone (default 600)", { least: 0, most: MOST_SECONDS }),
};
/** Arguments of `sample`. */
export type SampleArguments = CommandArguments<typeof sampleFlags>;

/** `sample`. */
export const sample = command({
  name: "sample",
  summary: "As evaluate, by servers: samples from vLLM, SGLang and others over HTTP, scored here",
  audience: "users",
  positionals: [EXPERIMENT],
  flags: sampleFlags,
  examples: [
    "sample --address http://127.0.0.1:8000 --model DIR --datasets gsm8k --decoding matched --samples 4",
    "sample paper_1_5b --address http://a:8000,http://b:8000 --decoding matched",
    "sample paper_1_5b --address http://127.0.0.1:30000 --decoding soft-thinking-release",
  ],
  permissions: (flags) => [
    "code-experiments",
    "code-lock",
    "code-run",
    "compute",
    ...executorSets(flags),
    "publish",
    "code-checked",
    "sample",
  ],
  run: from("./sample.ts"),
});

const runsFlags = {
  runs: path("DIR", "Folder of run folders (default runs)", { writes: FOLDER, insteadOf: ["./runs"] }),
  yes: toggle("remove: do not ask"),
  json,
};
/** Arguments of `runs`. */
export type RunsArguments = CommandArguments<typeof runsFlags>;

/** `runs`. */
export const runs = command({
  name: "runs",
  summary: "Run folders: how far each is, what continues it, whether it is whole, and removing it",
  audience: "users",
  positionals: [
    { name: "list|check|remove", optional: true, choices: ["list", "check", "remove"] },
    { name: "NAME", optional: true, repeats: true },
  ],
  flags: runsFlags,
  examples: ["runs", "runs check", "runs remove tiny-0123abcd --yes"],
  permissions: (_flags, [action = "list"]) =>
    // The list says whether this code goes on with a run.
    action === "remove" ? "runs-remove" : action === "list" ? ["code-lock", "runs"] : "runs",
  run: from("./runs.ts"),
});

/** Where the page of all ablations is, in a checkout. */
export const ABLATIONS_PAGE = "./benchmarks/ablations/README.md";

/** Where their results are: apart from those of users, which would be lost among hundreds. */
export const ABLATIONS_RESULTS = "results/ablations";

const { limit, workers, native, sandboxed, dryRun } = experimentFlags;
const ablationsFlags = {
  page: toggle("Run nothing: renew the page from the results that are there"),
  check: toggle("Write nothing: exit 1 if the page is stale"),
  output: path("FILE", "The page (default benchmarks/ablations/README.md)", {
    writes: FILE,
    writesInsteadOf: [ABLATIONS_PAGE, `${ABLATIONS_PAGE}.tmp`],
  }),
  limit,
  workers,
  native,
  sandboxed,
  results: path("DIR", `Folder of their results (default ${ABLATIONS_RESULTS})`, {
    writes: FOLDER,
    insteadOf: [`./${ABLATIONS_RESULTS}`],
  }),
  runs: experimentFlags.runs,
  dryRun,
};
/** Arguments of `bench:ablations`. */
export type AblationsArguments = CommandArguments<typeof ablationsFlags>;

/** `bench:ablations`. */
export const benchAblations = command({
  name: "bench:ablations",
  summary: "Run the ablations, then write the page that says which claims of papers hold here",
  audience: "maintainers",
  positionals: [{ name: "NAME", optional: true, repeats: true }],
  flags: ablationsFlags,
  examples: ["bench:ablations", "bench:ablations noise softness", "bench:ablations --page"],
  permissions: (flags) => {
    const read = ["code-experiments", "code-lock", "code-checked", "ablations"];
    if (flags.check === true) return read;
    if (flags.page === true) return [...read, "ablations-page"];
    return [...computingSets(flags), ...read, "ablations-page", "ablations-run"];
  },
  run: from("./bench_ablations.ts"),
});
