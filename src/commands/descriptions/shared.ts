/**
 * Flags that several commands share.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import { isTracker, TRACKER_NAMES } from "../../exports/trackers/formats.ts";
import { choice, type Flag, FOLDER, number, numbers, oneOf, path, type Place, texts, toggle, whole } from "../flag.ts";
import { isVisible } from "../../files/read.ts";

/** One JSON document. */
export const json: Flag<boolean> = toggle("One JSON document on stdout, everything else on stderr");
/** The folder of results. */
export const results: Flag<string> = path("DIR", "Folder of results (default results)", {
  writes: FOLDER,
  insteadOf: ["./results"],
});
/** The folder of run folders. */
export const runs: Flag<string> = path("DIR", "Folder of unfinished and finished work (default runs)", {
  writes: FOLDER,
  insteadOf: ["./runs"],
});
/** Where downloads come from in place of their own addresses. */
export const mirror: Flag<string> = path(
  "DIR|URL",
  "Take downloads from this folder or address; hashes decide all the same",
  { isPath: (given) => !/^https?:/.test(given) },
);

/** More threads than any machine's cores would only take memory. */
const MOST_WORKERS = 512;

/** Threads of the engine. */
export const workers: Flag<number> = whole(
  "Threads of cpu-engine, or of torch on a CPU (default all cores); small models use them for several runs at once",
  { most: MOST_WORKERS },
);
/** Where a model computes. */
export const backend: Flag<"auto" | "cpu-engine" | "torch" | "tfjs-cpu" | "webgpu" | "tensorflow"> = oneOf(
  "NAME",
  ["auto", "cpu-engine", "torch", "tfjs-cpu", "webgpu", "tensorflow"],
  "Where the model computes (default auto)",
);
/** Another library for weight products. */
export const native: Flag<"blas"> = oneOf("blas", ["blas"], "cpu-engine: weight products by an installed OpenBLAS");
/** No native code. */
export const sandboxed: Flag<boolean> = toggle("cpu-engine: in WebAssembly alone, without any native code");

/** What numbers the engine's evaluations decode by. */
export const decodeDtype: Flag<"float32" | "bfloat16"> = oneOf(
  "NAME",
  ["float32", "bfloat16"],
  "cpu-engine: weights that evaluations decode by (default float32); training, its completions too, keeps the exact ones",
);

/** Where PyTorch computes. */
export const device: Flag<"cpu" | "cuda"> = oneOf(
  "cpu|cuda",
  ["cpu", "cuda"],
  "torch: what it computes on (default a GPU where there is one)",
);
/** How PyTorch stores numbers. */
export const dtype: Flag<"float32" | "bfloat16"> = oneOf(
  "NAME",
  ["float32", "bfloat16"],
  "torch: numbers that are computed with (default bfloat16 on a GPU); what is trained has 32 bits always",
);
/** Most processes of one machine. */
const MOST_DEVICES = 64;
/** How many devices PyTorch shares the work among. */
export const devices: Flag<number> = whole("torch: processes, one each device (default 1)", { most: MOST_DEVICES });
/** For models whose training does not fit one device. */
export const shard: Flag<boolean> = toggle(
  "torch: each device holds a piece of what is trained, in place of all of it",
);

/** What runs programs that a model wrote. */
export const executor: Flag<"pyodide" | "python"> = oneOf(
  "NAME",
  ["pyodide", "python"],
  "What runs programs of programming tasks: CPython in WebAssembly without any permission (default), or this machine's python3",
);

/** Datasets may be files. */
const DATASET: Place = { isPath: (given) => /[/\\]|\.jsonl$/.test(given) };
/**
 * A folder, or `org/name@revision`, which is a folder only where there is one. A command may read what the launcher took for
 * a folder: what it may not look at is none.
 */
export const MODEL: Place = { isPath: (given, found) => !/^[^/]+\/[^/]+$/.test(given) || isVisible(found) };

/** Where trackers of others are written for, each with its folder. */
export const track: Flag<readonly string[]> = {
  value: "TRACKER DIR",
  help: `Also write training and scores, as they come, into DIR for ${TRACKER_NAMES.join(", ")}; may be given for each`,
  list: true,
  words: 2,
  place: { isPath: (given) => !isTracker(given), writes: FOLDER },
  read: (tracker, folder, ...more) => {
    choice(tracker, TRACKER_NAMES);
    if (folder === undefined || more.length > 0) throw new UsageError("expected a tracker and a folder");
    return [tracker, folder];
  },
};

/** A number above 0. */
const ABOVE_ZERO = { above: 0 };

/** Flags of every command that resolves an experiment. */
export const experimentFlags = {
  model: path("DIR", "Checkpoint folder, or org/name@revision that was fetched", MODEL),
  datasets: texts("A,B", "Datasets by name, or JSONL files by path", DATASET),
  arms: texts("A,B", "Run only these arms of the experiment"),
  seed: { ...whole("One seed instead of the experiment's", { least: 0 }), plural: "seeds" },
  seeds: {
    ...numbers("N,N", "Seeds instead of the experiment's", { whole: true, least: 0 }),
    plural: "seeds",
  },
  limit: whole("A smoke run, marked as such: the first N problems per dataset, N training steps of N prompts"),
  problems: whole("Problems per dataset, the first N of each (default as many as the experiment takes)"),
  samples: whole("Samples per problem"),
  keepThoughts: whole(
    "Problems per dataset of which one thought is kept for the report, the same for all arms (default 8)",
    {
      least: 0,
    },
  ),
  keepRollouts: whole(
    "Prompts of each training step whose completions are kept in the run folder (default as many as 64 MiB a run hold)",
    { least: 0 },
  ),
  steps: whole("Training steps per arm"),
  maxNewTokens: whole("Longest completion, thoughts and answer together"),
  prompt: oneOf("NAME", ["question", "step-by-step", "conversation"], "Text around the question"),
  temperature: number("X", "Divides the logits: of thoughts and answers alike, in every decoding", ABOVE_ZERO),
  topP: number("X", "Draw from the most probable tokens of this mass, likewise", { ...ABOVE_ZERO, most: 1 }),
  topK: whole("Draw from so many tokens at most, likewise"),
  lr: number("X", "Learning rate after warm-up, of every trained arm", ABOVE_ZERO),
  promptsPerStep: whole("Prompts of a training step, of every trained arm"),
  groupSize: whole("Completions of each of them", { least: 2 }),
  backend,
  workers,
  native,
  sandboxed,
  decodeDtype,
  device,
  dtype,
  devices,
  shard,
  executor,
  mirror,
  track,
  results,
  runs,
  read: texts("A,B", "Also read these files and folders, which the experiment names and the command line does not", {}),
  dryRun: toggle("Print the resolved configuration and the work it implies, then stop"),
  json,
};

/** The permission sets of a command that reads results: what was checked before is known, and what it checks is noted. */
export const READING_SETS: readonly string[] = ["code-lock", "code-checked", "code-checked-write"];

/** Flags on which the permissions of a backend depend. */
interface BackendFlags {
  readonly backend?: string;
  readonly native?: string;
  readonly sandboxed?: boolean;
}

/** The permission sets of a command that computes: each kind of native code has one of its own, and so has python3. */
export function computingSets(flags: BackendFlags & { readonly executor?: string }): string[] {
  return ["code-experiments", "code-lock", "code-run", "compute", ...backendSets(flags), ...executorSets(flags)];
}

/** Backends that load no native code of their own: nothing in tfjs, and Deno's in WebGPU. */
const WITHOUT_NATIVE: readonly string[] = ["tfjs-cpu", "webgpu"];

/** What a backend needs beside: its own native code, which is our engine's where `auto` chooses. */
export function backendSets({ backend = "auto", native, sandboxed = false }: BackendFlags): string[] {
  if (sandboxed || WITHOUT_NATIVE.includes(backend)) return [];
  if (backend === "tensorflow" || backend === "torch") return [backend];
  return native === undefined ? ["code-native"] : [`native-${native}`];
}

/** What running programs needs beside: nothing in WebAssembly. */
export function executorSets(flags: { readonly executor?: string }): string[] {
  return flags.executor === "python" ? ["execute-python"] : [];
}
