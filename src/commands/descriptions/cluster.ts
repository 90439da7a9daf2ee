/**
 * The command that runs an experiment on other machines.
 *
 * @module
 */
import { command, type CommandArguments, from } from "../command.ts";
import { FOLDER, path, text, toggle, whole } from "../flag.ts";
import { EXPERIMENT } from "./experiments.ts";
import { experimentFlags, json } from "./shared.ts";

const { model, datasets, arms, seed, seeds, limit, problems, samples, steps, maxNewTokens, keepThoughts } =
  experimentFlags;
const { workers, dtype, mirror, results, read } = experimentFlags;
/** Most machines of one job. */
const MOST_NODES = 64;
const launchFlags = {
  address: {
    ...text("URL", "The cluster's dashboard, e.g. http://127.0.0.1:8265"),
    place: { isPath: () => false, connects: true, takesToken: true },
  },
  devices: whole("Devices of each node (default 1)", { most: MOST_NODES }),
  nodes: whole("Nodes (default 1)", { most: MOST_NODES }),
  device: experimentFlags.device,
  shared: text("DIR", "Folder that all nodes see, where work outlives a node (default ~/.soft-grpo-bench of the node)"),
  python: text("PATH", "Python on the nodes with torch and transformers (default python3)"),
  deno: text("PATH", "Deno on the nodes (default that of the PATH where it is 2.9.6, else PyPI's)"),
  attempts: whole("Submissions, where a job is lost with its node (default 3)"),
  detach: toggle("Submit and return; the same command without it follows the job and fetches its results"),
  stop: toggle("Stop the job; it saves, and the same command goes on from there"),
  render: path("DIR", "Write the job's files and its submission into a new folder, and send nothing", {
    reads: "itself",
    writes: FOLDER,
  }),
  verl: toggle("With --render: the folder of a verl job, which trains one arm under one seed"),
  dryRun: toggle("Print what would be sent, then stop"),
  ...{
    model: { ...model, help: `${model.help}, or an absolute path on the nodes` },
    datasets,
    arms,
    seed,
    seeds,
    limit,
  },
  ...{ problems, samples, steps, maxNewTokens, keepThoughts, workers, dtype, mirror, results, read, json },
};
/** Arguments of `launch`. */
export type LaunchArguments = CommandArguments<typeof launchFlags>;

/** `launch`. */
export const launch = command({
  name: "launch",
  summary: "An experiment as a job of a Ray cluster, on --backend torch, whose results come back here",
  audience: "users",
  positionals: [EXPERIMENT],
  flags: launchFlags,
  examples: [
    "launch tiny --address http://127.0.0.1:8265 --device cpu --devices 2 --shared /mnt/shared",
    "launch paper_1_5b --address http://127.0.0.1:8265 --devices 8 --detach",
    "launch --render job",
    "launch paper_1_5b --verl --arms discrete-grpo --seed 1 --devices 8 --render job",
  ],
  permissions: () => ["code-experiments", "code-lock", "code-run", "launch-job"],
  run: from("./launch_experiment.ts"),
});
