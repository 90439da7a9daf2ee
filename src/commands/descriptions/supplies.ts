/**
 * The commands on what experiments need: datasets, checkpoints, and what a machine has.
 *
 * @module
 */
import { command, type CommandArguments, from } from "../command.ts";
import { CHECKPOINT, FOLDER, oneOf, path, text, texts, toggle, whole } from "../flag.ts";
import { backend, backendSets, json, mirror, MODEL, sandboxed } from "./shared.ts";

const datasetsFlags = {
  mirror,
  offline: toggle("Use no network: only the cache and a mirror folder"),
  cache: path("DIR", "Folder of downloads (default .data/datasets)", { writes: FOLDER, insteadOf: ["./.data"] }),
  json,
};
/** Arguments of `datasets`. */
export type DatasetsArguments = CommandArguments<typeof datasetsFlags>;

/** `datasets`. */
export const datasets = command({
  name: "datasets",
  summary: "Where datasets come from, fetching them, and whether they are right",
  audience: "users",
  positionals: [
    { name: "list|fetch|verify", optional: true, choices: ["list", "fetch", "verify"] },
    { name: "NAME", optional: true, repeats: true },
  ],
  flags: datasetsFlags,
  examples: ["datasets", "datasets fetch", "datasets fetch gsm8k_train --mirror DIR", "datasets verify math500"],
  permissions: (_flags, [action]) => ["datasets", ...(action === "fetch" ? ["datasets-fetch"] : [])],
  run: from("./datasets.ts"),
});

const modelsFlags = {
  from: path("FILE", "fetch: take this .gguf file under NAME, without a network"),
  mirror,
  offline: toggle("Use no network: only what is here and a mirror folder"),
  cache: path("DIR", "Folder of checkpoints (default .data/models)", { writes: FOLDER, insteadOf: ["./.data"] }),
  json,
};
/** Arguments of `models`. */
export type ModelsArguments = CommandArguments<typeof modelsFlags>;

/** `models`. */
export const models = command({
  name: "models",
  summary: "Checkpoints by org/name@revision: list what is here, fetch, take a .gguf file",
  audience: "users",
  positionals: [
    { name: "list|fetch", optional: true, choices: ["list", "fetch"] },
    { name: "NAME", optional: true, repeats: true },
  ],
  flags: modelsFlags,
  examples: [
    "models",
    "models fetch HuggingFaceTB/SmolLM2-135M-Instruct",
    "models fetch own/smollm2 --from SmolLM2-135M-Instruct.Q4_1.gguf",
  ],
  permissions: ({ from }, [action]) => {
    if (action !== "fetch") return "models";
    return ["models", from === undefined ? "models-fetch" : "models-take"];
  },
  run: from("./models.ts"),
});

const modelFlags = {
  text: text("TEXT", "What is fed, as it is"),
  chat: toggle("Put the text into a user turn of the chat template first"),
  greedy: whole("Greedy tokens to continue with", { least: 0 }),
  mixture: texts("ID:W,ID:W", "A soft token fed after the text"),
  backend,
  sandboxed,
  json,
};
/** Arguments of `model`. */
export type ModelArguments = CommandArguments<typeof modelFlags>;

/** `model`. */
export const model = command({
  name: "model",
  summary: "Load a checkpoint and print ids, logits and greedy tokens, to compare with other programs",
  audience: "users",
  positionals: [{ name: "DIR", place: MODEL }],
  flags: modelFlags,
  examples: ['model models/tiny --text "<user>47+38<assistant><think>" --greedy 12'],
  permissions: (flags) => ["code-model", "model", ...backendSets(flags)],
  run: from("./model.ts"),
});

const mergeFlags = {
  model: path("DIR", "The base model, a folder or org/name@revision (default: the one that the adapter names)", MODEL),
  json,
};
/** Arguments of `merge`. */
export type MergeArguments = CommandArguments<typeof mergeFlags>;

/** `merge`. */
export const merge = command({
  name: "merge",
  summary: "Add a trained adapter to its base model's weights: an ordinary checkpoint",
  audience: "users",
  positionals: [{ name: "ADAPTER", place: {} }, { name: "OUTPUT", place: { writes: CHECKPOINT } }],
  flags: mergeFlags,
  examples: ["merge runs/RUN/checkpoints/ARM/step-20 merged", "merge ADAPTER merged --model models/tiny"],
  permissions: () => ["code-model", "model"],
  run: from("./merge.ts"),
});

const doctorFlags = {
  network: toggle("Also try the hosts that downloads come from"),
  json,
};
/** Arguments of `doctor`. */
export type DoctorArguments = CommandArguments<typeof doctorFlags>;

/** `doctor`. */
export const doctor = command({
  name: "doctor",
  summary: "What this machine has: backends that work, cores, GPU, caches, and what is missing",
  audience: "users",
  positionals: [],
  flags: doctorFlags,
  examples: ["doctor"],
  permissions: ({ network }) => ["code-model", "doctor", ...(network === true ? ["doctor-network"] : [])],
  run: from("./doctor.ts"),
});

const setupTensorflowFlags = {
  cpu: toggle("Compute on the CPU (default without an NVIDIA driver)"),
  cuda: toggle("Compute on an NVIDIA GPU (default with its driver)"),
  from: path("PATH", "Download nothing: a folder of the pinned files, or an installed TensorFlow package"),
  source: oneOf(
    "NAME",
    ["official", "wheel"],
    "TensorFlow's own archive (2.9.1, CPU) or the wheel; default the first that can be had",
  ),
  undo: toggle("Remove all that this command made"),
};
/** Arguments of `setup:tensorflow`. */
export type SetupTensorflowArguments = CommandArguments<typeof setupTensorflowFlags>;

/** `setup:tensorflow`. */
export const setupTensorflow = command({
  name: "setup:tensorflow",
  summary: "Make or remove the native TensorFlow of --backend tensorflow, in .cache/tensorflow",
  audience: "users",
  positionals: [],
  flags: setupTensorflowFlags,
  examples: ["setup:tensorflow", "setup:tensorflow --cuda --from wheels", "setup:tensorflow --undo"],
  permissions: () => "setup-tensorflow",
  run: from("./setup_tensorflow.ts"),
});

const setupTorchFlags = {
  cpu: toggle("Install the build for CPUs (default without an NVIDIA driver)"),
  cuda: toggle("Install the build for NVIDIA GPUs (default with its driver)"),
  python: path("PATH", "Install nothing: use the packages of this Python, which has torch and transformers", {
    runs: true,
  }),
  undo: toggle("Remove all that this command made"),
};
/** Arguments of `setup:torch`. */
export type SetupTorchArguments = CommandArguments<typeof setupTorchFlags>;

/** `setup:torch`. */
export const setupTorch = command({
  name: "setup:torch",
  summary: "Make or remove the Python of --backend torch, in .cache/torch",
  audience: "users",
  positionals: [],
  flags: setupTorchFlags,
  examples: ["setup:torch", "setup:torch --python /opt/venv/bin/python", "setup:torch --undo"],
  permissions: () => "setup-torch",
  run: from("./setup_torch.ts"),
});
