/**
 * `bench --verify FILE`: runs a result's configuration again and says whether it reproduces.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { type Reproduction, verify as verifyResult } from "../experiment/verify.ts";
import { isPresent } from "../files/read.ts";
import { listenForInterruption } from "../interruption.ts";
import { Progress } from "../progress.ts";
import { readResult } from "../result/store.ts";
import { EXIT } from "./command.ts";
import type { BenchArguments } from "./descriptions/experiments.ts";
import { kebabCase } from "./flag.ts";
import { workbenchOptions } from "./experiment_arguments.ts";
import { ProgressView } from "./show_progress.ts";

/** @returns 0 where the promise of the result's `reproducibility` is kept, 1 otherwise */
export async function verify(file: string, args: BenchArguments): Promise<number> {
  refuseOthers(args);
  const { backend, runsFolder, ...options } = workbenchOptions(args);
  // Apart from everything that is there, and gone at the end.
  const folder = `${runsFolder}/verify-${Deno.pid}`;
  const { abort, stop } = listenForInterruption();
  using view = new ProgressView(new Progress({ quiet: args.flags.quiet === true }));
  try {
    const run = verifyResult(readResult(file), {
      ...options,
      ...(args.flags.backend !== undefined && { backend }),
      runsFolder: folder,
      abort,
    });
    for await (const event of run) view.show(event);
    const { kept, ...found } = await run;
    const verdict = { file, ...found };
    console.log(args.flags.json === true ? JSON.stringify(verdict) : sentence(verdict));
    return kept ? EXIT.ok : EXIT.failed;
  } finally {
    if (isPresent(folder)) Deno.removeSync(folder, { recursive: true });
    stop();
  }
}

/** Flags that say how a configuration is run; every other one would change what is run, or is not used. */
const FLAGS = [
  "verify",
  "backend",
  "workers",
  "native",
  "sandboxed",
  "decodeDtype",
  "device",
  "dtype",
  "devices",
  "shard",
  "mirror",
  "read",
  "json",
  "quiet",
  "debug",
];

function refuseOthers({ positionals, flags }: BenchArguments): void {
  const other = positionals[0] ?? Object.keys(flags).find((name) => !FLAGS.includes(name));
  if (other === undefined) return;
  const given = positionals.length > 0 ? other : `--${kebabCase(other)}`;
  throw new UsageError(
    `Cannot take ${given} with --verify: the result's own configuration is run again; beside it stand ` +
      FLAGS.slice(1, -1).map((name) => `--${kebabCase(name)}`).join(", "),
  );
}

function sentence(
  { file, reproduction, promised }: { file: string; reproduction: Reproduction; promised: string },
): string {
  const found = {
    bytes: "every count, vote and training figure is the same",
    counts: "every count is the same; votes, lengths or training figures differ",
    interval: "counts differ; every average lies in the stored 95 % interval",
    "not reproduced": "an average lies outside the stored 95 % interval",
  }[reproduction];
  return `${file}: ${reproduction} (${found}; promised: ${promised})`;
}
