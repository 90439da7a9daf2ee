/**
 * `launch`: an experiment as a job of a Ray cluster.
 *
 * @module
 */
import { dirname } from "node:path";
import { currentAttempt, submissionId, wasLost } from "../cluster/attempts.ts";
import { jobExperiment } from "../cluster/job_experiment.ts";
import { jobFiles, packagesFolder } from "../cluster/job_package.ts";
import { jobResults } from "../cluster/job_results.ts";
import { jobScript, RUN_VARIABLE } from "../cluster/job_script.ts";
import { hasEnded, type RayJob } from "../cluster/ray_answers.ts";
import {
  packageUri,
  type RayAddress,
  type RayJobRequest,
  RayJobs,
  type RayPackage,
  rayPackage,
} from "../cluster/ray_jobs.ts";
import { follow } from "../cluster/ray_log.ts";
import { rayToken } from "../cluster/ray_token.ts";
import { isReturnedLine, returnedFiles } from "../cluster/returned_files.ts";
import { type ArchiveFiles, zip } from "../cluster/zip.ts";
import { BenchError, UsageError } from "../errors.ts";
import { codeVersion } from "../experiment/code_version.ts";
import { resolveExperiment } from "../experiment/resolve.ts";
import { isPresent } from "../files/read.ts";
import { tryFolder } from "../files/write.ts";
import { InterruptedError, listenForInterruption, STOP_SIGNALS } from "../interruption.ts";
import { Progress } from "../progress.ts";
import { RESULT_VERSION_FOLDER, resultsFolderOf, writeResult } from "../result/store.ts";
import { summarize } from "../summary/summary.ts";
import { resultText } from "../summary/tables.ts";
import { countText } from "../text/numbers.ts";
import { visible } from "../text/visible.ts";
import { allowedVariable } from "./allowed_variable.ts";
import { EXIT } from "./command.ts";
import { commandWords } from "./command_words.ts";
import type { LaunchArguments } from "./descriptions/cluster.ts";
import { experimentOf, overridesOf } from "./experiment_arguments.ts";
import { renderVerl } from "./launch_verl.ts";
import { mirrorOfEnvironment } from "./mirror.ts";
import { CODE_FOLDER } from "./places.ts";

/** Digits of a hash that name a run. */
const RUN_DIGITS = 12;
const DEFAULT_ATTEMPTS = 3;

/** Everything that a cluster is given, and what comes back is checked against. */
interface Job {
  readonly files: ArchiveFiles;
  readonly package: RayPackage;
  readonly run: string;
  readonly request: Omit<RayJobRequest, "submission_id">;
  readonly experiment: string;
  readonly limit: number | undefined;
  readonly nodes: number;
  readonly devices: number;
}

/**
 * Runs the command.
 *
 * @param waiting how the cluster is waited for; otherwise in tests
 */
export async function run(args: LaunchArguments, waiting: Pick<RayAddress, "wait"> = {}): Promise<number> {
  const { flags } = args;
  if (flags.verl === true) {
    if (flags.render === undefined) {
      throw new UsageError("Cannot make a verl job: found no --render, expected the folder that it is written into");
    }
    requireEmpty(flags.render);
    return await renderVerl(args, flags.render);
  }
  const job = await jobOf(args);
  if (flags.dryRun === true) return print(job, flags.json === true);
  if (flags.render !== undefined) return render(job, flags.render);
  if (flags.address === undefined) {
    throw new UsageError(
      "Cannot launch: found no --address, expected that of a cluster's dashboard, as http://HOST:8265",
    );
  }
  const token = rayToken(allowedVariable);
  const jobs = new RayJobs({ address: flags.address, ...waiting, ...(token !== undefined && { token }) });
  const version = (await jobs.version()).ray_version;
  if (flags.stop === true) return await stop(jobs, job);
  return await launch(jobs, job, version, args);
}

async function jobOf(args: LaunchArguments): Promise<Job> {
  const { flags } = args;
  const { nodes = 1, devices = 1, device = "cuda" } = flags;
  const { model, datasets, ...overrides } = overridesOf({ positionals: args.positionals, flags: { ...flags } });
  const written = await experimentOf(args);
  const config = { ...written, ...(model !== undefined && { model }), ...(datasets !== undefined && { datasets }) };
  // What is wrong with the words is said here, and not on the cluster.
  const { name, limit } = resolveExperiment(config, overrides);
  const own = await jobExperiment(config, { mirror: flags.mirror ?? mirrorOfEnvironment() });
  if (nodes > 1 && own.fetchedModel !== undefined) {
    throw new UsageError(
      `Cannot launch ${own.fetchedModel} on ${nodes} nodes: one of them alone would fetch it; expected its absolute path, ` +
        "the same on all of them",
    );
  }
  const words = [
    own.file,
    ...["--backend", "torch", "--device", device, "--devices", String(nodes * devices)],
    ...(own.mirror === undefined ? [] : ["--mirror", own.mirror]),
    ...commandWords("", { positionals: [], flags: carriedOn(flags) }).slice(1),
  ];
  const { shared, python = "python3", deno } = flags;
  const script = jobScript({
    words,
    python,
    ...(shared !== undefined && { shared }),
    ...(deno !== undefined && { deno }),
    ...(own.fetchedModel !== undefined && { fetchedModel: own.fetchedModel }),
    ...(nodes > 1 && { several: { nodes, devices, device } }),
  });
  const files = jobFiles(
    CODE_FOLDER,
    packagesFolder(),
    new Map([...own.files, ["run.sh", new TextEncoder().encode(script)]]),
  );
  const sent = rayPackage(zip(files));
  const run = sent.sha256.slice(0, RUN_DIGITS);
  const request = {
    entrypoint: "bash run.sh",
    runtime_env: { working_dir: packageUri(sent), env_vars: { [RUN_VARIABLE]: run } },
    metadata: { run, experiment: name, package: sent.sha256, tool: "soft-grpo-bench" },
    // Of several nodes each holds its devices by an actor, and the program itself has none.
    ...(nodes > 1 ? {} : device === "cuda" ? { entrypoint_num_gpus: devices } : { entrypoint_num_cpus: devices }),
  };
  return { files, package: sent, run, request, experiment: name, limit, nodes, devices };
}

/** Flags that the job's own command has too. */
function carriedOn(flags: LaunchArguments["flags"]): Readonly<Record<string, unknown>> {
  const { arms, seed, seeds, limit, problems, samples, steps, maxNewTokens, keepThoughts, workers, dtype } = flags;
  return { arms, seed, seeds, limit, problems, samples, steps, maxNewTokens, keepThoughts, workers, dtype };
}

function print({ files, package: { name, sha256, bytes }, run, request }: Job, json: boolean): number {
  const submission = { ...request, submission_id: submissionId(run, 1) };
  if (json) {
    console.log(
      JSON.stringify({ submission, package: { name, sha256, bytes: bytes.length, files: [...files.keys()] } }),
    );
    return EXIT.ok;
  }
  console.log(JSON.stringify(submission, null, 2));
  console.log(`${countText(files.size, "file")}, ${(bytes.length / 1e6).toFixed(1)} MB, as ${name}`);
  return EXIT.ok;
}

function requireEmpty(folder: string): void {
  if (!isPresent(folder) || [...Deno.readDirSync(folder)].length === 0) return;
  throw new UsageError(`Cannot write the job into ${folder}: found files there, expected a new folder`);
}

/** Writes what would be sent, for who submits it by other means. */
function render({ files, run, request }: Job, folder: string): number {
  requireEmpty(folder);
  for (const [path, content] of files) {
    Deno.mkdirSync(dirname(`${folder}/package/${path}`), { recursive: true });
    Deno.writeFileSync(`${folder}/package/${path}`, content);
  }
  const submission = { ...request, submission_id: submissionId(run, 1) };
  Deno.writeTextFileSync(`${folder}/submission.json`, JSON.stringify(submission, null, 2) + "\n");
  console.log(`${countText(files.size, "file")} in ${folder}/package, the submission in ${folder}/submission.json`);
  return EXIT.ok;
}

async function stop(jobs: RayJobs, { run }: Job): Promise<number> {
  const { id, job } = await currentAttempt(jobs, run);
  const stopped = job !== undefined && !hasEnded(job) && await jobs.stop(id);
  console.log(stopped ? `${id} is asked to stop` : `nothing to stop: ${id} is not under way`);
  return EXIT.ok;
}

async function launch(jobs: RayJobs, job: Job, version: string, { flags }: LaunchArguments): Promise<number> {
  const progress = new Progress({ quiet: flags.quiet === true });
  const given = flags.results ?? "results";
  const folder = `${resultsFolderOf(given, { limit: job.limit })}/${RESULT_VERSION_FOLDER}`;
  if (flags.detach !== true) tryFolder(folder);
  const { abort, stop } = listenForInterruption();
  try {
    for (let tries = 1;; tries++) {
      const attempt = await currentAttempt(jobs, job.run);
      const { id } = attempt;
      if (attempt.job === undefined) {
        const sent = await jobs.upload(job.package);
        await jobs.submit({ ...job.request, submission_id: id });
        const size = (job.package.bytes.length / 1e6).toFixed(1);
        progress.note(
          `Ray ${visible(version)}: submitted ${id}, ${sent ? `sent ${size} MB` : "its package was there"}`,
        );
      } else progress.note(`Ray ${visible(version)}: ${id} is ${attempt.job.status}`);
      if (flags.detach === true) {
        console.log(id);
        return EXIT.ok;
      }
      const ended = await followed(jobs, id, abort, flags.quiet === true);
      const { attempts = DEFAULT_ATTEMPTS } = flags;
      if (wasLost(ended.job) && tries < attempts) {
        progress.note(`${id} was lost: ${reasonOf(ended.job)}; it is submitted again`);
        continue;
      }
      await take(ended.log, { job, id, version, folder, json: flags.json === true });
      if (ended.job.status === "SUCCEEDED") return EXIT.ok;
      throw new BenchError(
        `Cannot finish ${id}: Ray calls it ${ended.job.status}, ${reasonOf(ended.job)}; ` +
          "the same command goes on from its last checkpoint",
      );
    }
  } finally {
    stop();
  }
}

function reasonOf({ message, driver_exit_code: code }: RayJob): string {
  const said = visible(message ?? "without a word").replaceAll(/\s+/g, " ").slice(0, LONGEST_REASON);
  return `${said}${code === null || code === undefined ? "" : ` (exit code ${code})`}`;
}

/** What Ray says of a job ends with the last lines of its log. */
const LONGEST_REASON = 500;

async function followed(jobs: RayJobs, id: string, abort: AbortSignal, quiet: boolean) {
  let open = "";
  const onText = (text: string) => {
    const lines = (open + text).split("\n");
    open = lines.pop()!;
    for (const line of lines) if (!quiet && !isReturnedLine(line)) console.error(visible(line.replaceAll("\t", " ")));
  };
  try {
    return await follow(jobs, id, { onText, abort });
  } catch (error) {
    if (!abort.aborted) throw error;
    throw new InterruptedError(
      `Interrupted: ${id} goes on; the same command follows it again, and with --stop stops it`,
      STOP_SIGNALS.find((signal) => signal === abort.reason),
    );
  }
}

/** Writes the results of a log where results are, and shows them. */
async function take(
  log: string,
  { job, id, version, folder, json }: {
    readonly job: Job;
    readonly id: string;
    readonly version: string;
    readonly folder: string;
    readonly json: boolean;
  },
): Promise<void> {
  const cluster = {
    engine: "ray",
    version,
    job: id,
    package: job.package.sha256,
    nodes: job.nodes,
    devicesPerNode: job.devices,
  } as const;
  const expected = { experiment: job.experiment, code: await codeVersion(), cluster };
  const results = jobResults(returnedFiles(log) ?? [], expected)
    .map((result) => ({ result, path: writeResult(folder, result).path }));
  if (json) return console.log(JSON.stringify({ job: id, results }));
  const colour = Deno.stdout.isTerminal() && !Deno.noColor;
  for (const summary of summarize(results.map(({ result }) => result))) console.log(resultText(summary, { colour }));
  console.log(`${countText(results.length, "result file")} in ${folder}, of ${id}`);
}
