/**
 * `launch --verl`: one arm under one seed as a folder that verl trains.
 *
 * @module
 */
import { dirname } from "node:path";
import { renderVerlJob } from "../cluster/verl/job.ts";
import { openVerlJob } from "../cluster/verl/open_job.ts";
import { UsageError } from "../errors.ts";
import { resolveExperiment } from "../experiment/resolve.ts";
import { countText } from "../text/numbers.ts";
import { EXIT } from "./command.ts";
import type { LaunchArguments } from "./descriptions/cluster.ts";
import { experimentOf, overridesOf } from "./experiment_arguments.ts";
import { mirrorOfEnvironment } from "./mirror.ts";

/**
 * Writes the job of the arm; nothing is sent.
 *
 * @param folder what `--render` names, which is new or empty
 */
export async function renderVerl(args: LaunchArguments, folder: string): Promise<number> {
  const { devices = 1, nodes = 1, address, mirror = mirrorOfEnvironment() } = args.flags;
  if (address !== undefined) {
    throw new UsageError("Cannot send a verl job: found --address, expected none; submit the folder's bash run.sh");
  }
  const config = resolveExperiment(
    await experimentOf(args),
    overridesOf({ positionals: args.positionals, flags: { ...args.flags } }),
  );
  const job = await openVerlJob(config, {
    cluster: { nodes, devicesPerNode: devices },
    ...(mirror !== undefined && { mirror }),
  });
  const files = await renderVerlJob(job);
  for (const [path, text] of files) {
    Deno.mkdirSync(dirname(`${folder}/${path}`), { recursive: true });
    Deno.writeTextFileSync(`${folder}/${path}`, text);
  }
  console.log(`${countText(files.size, "file")} in ${folder}; bash run.sh there trains ${job.arm.label}`);
  return EXIT.ok;
}
