/**
 * Results that a job hands back, as results of this machine's: checked, with what is known here alone, and with where they
 * were computed.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import type { CodeVersion } from "../experiment/code_version.ts";
import type { JsonValue } from "../files/json.ts";
import type { Result } from "../result/types.ts";
import { parseResult } from "../result/store.ts";
import type { ReturnedFile } from "./returned_files.ts";

/** Where results were computed; `run.cluster` of a result file. */
export interface Cluster {
  readonly engine: "ray";
  readonly version: string;
  /** Submission of the job. */
  readonly job: string;
  /** SHA-256 of what the job was given. */
  readonly package: string;
  readonly nodes: number;
  readonly devicesPerNode: number;
}

/** What a job's results must be of. */
export interface Expected {
  readonly experiment: string;
  /** This code, which went along; on the nodes no git tells its commit. */
  readonly code: CodeVersion;
  readonly cluster: Cluster;
}

/**
 * The results among the files that a job handed back.
 *
 * @throws {BenchError} If one is no result, or of another experiment or code
 */
export function jobResults(files: readonly ReturnedFile[], { experiment, code, cluster }: Expected): Result[] {
  return files.map(({ path, text }) => {
    const name = `the job's ${path}`;
    const result = parseResult(parsed(text, name), name);
    if (result.experiment.name !== experiment || result.code.lockSha256 !== code.lockSha256) {
      throw new BenchError(
        `Cannot take ${name}: found a result of ${result.experiment.name}, expected one of ${experiment} and this code`,
      );
    }
    return {
      ...result,
      code,
      device: cluster.nodes > 1 ? { ...result.device, reproducibility: "statistical" } : result.device,
      run: { ...result.run, cluster: { ...cluster } satisfies Record<string, JsonValue> },
    };
  });
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BenchError(`Cannot take ${name}: found no JSON, expected a result`);
  }
}
