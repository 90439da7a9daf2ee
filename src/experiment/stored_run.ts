/**
 * What a run folder says of itself, as far as it can be read: it may be damaged, of an earlier version, or somebody else's.
 *
 * @module
 */
import { basename } from "node:path";
import { z } from "npm:zod@4.3.5";
import { BenchError } from "../errors.ts";
import { hashedFileFault } from "../files/hashed_file.ts";
import { isFolder, isPresent, type JsonRecord, parseJsonRecord } from "../files/read.ts";
import type { RunFault, TakenDataset } from "./arm_faults.ts";
import { checkResolved, type ResolvedExperimentConfig } from "./resolve.ts";
import {
  changedParts,
  changesText,
  COMMAND_FILE,
  CONFIG_FILE,
  IDENTITY_FILE,
  isRunning,
  runFolderName,
  type RunIdentity,
} from "./run_folder.ts";
import { RunPaths } from "./run_paths.ts";
import { sourceHashes } from "./source_hashes.ts";

/** A run folder, as it describes itself. */
export interface StoredRun {
  /** Name of the folder. */
  readonly name: string;
  readonly folder: RunPaths;
  /** Name of the experiment. */
  readonly experiment: string;
  /** Whether a process works there. */
  readonly running: boolean;
  /** What the last command was to do; absent where that cannot be read. */
  readonly config?: ResolvedExperimentConfig;
  /** Absent in folders of earlier versions. */
  readonly datasets?: readonly TakenDataset[];
  /** What decides its numbers; absent where that cannot be read. */
  readonly identity?: RunIdentity;
  /** The words of the last command; absent where there was none. */
  readonly command?: readonly string[];
  /** What is wrong with the files that say all this. */
  readonly faults: readonly RunFault[];
}

const DATASETS = z.array(z.object({
  name: z.string(),
  kind: z.enum(["mathematics", "multiple-choice", "python-function", "python-tests"]).exactOptional(),
  problems: z.int().min(0),
}));
const WORDS = z.array(z.string()).min(1);
const AGAIN = "the command that continues it writes it again";

/** Names of the run folders below a folder, in order; what is a file, a link or anything else is none. */
export function storedRunNames(runs: string): string[] {
  if (!isFolder(runs)) return [];
  return [...Deno.readDirSync(runs)]
    .filter(({ name, isDirectory }) => isDirectory && isRunFolder(`${runs}/${name}`))
    .map(({ name }) => name).sort();
}

function isRunFolder(path: string): boolean {
  return [IDENTITY_FILE, CONFIG_FILE].some((file) => isPresent(`${path}/${file}`));
}

/** Reads what a run folder says of itself. */
export function readStoredRun(path: string): StoredRun {
  const name = basename(path);
  const faults: RunFault[] = [];
  const fault = (file: string, text: string, next = AGAIN) => {
    // Of one file the first word is enough.
    if (!faults.some((known) => known.fault.startsWith(`${path}/${file} `))) {
      faults.push({ fault: `${path}/${file} ${text}`, next });
    }
    return undefined;
  };
  const read = <T>(file: string, understood: (value: JsonRecord) => T): T | undefined => {
    try {
      return understood(parseJsonRecord(Deno.readTextFileSync(`${path}/${file}`), file));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return fault(file, "is missing");
      if (error instanceof BenchError) return fault(file, "is damaged");
      throw error;
    }
  };
  const config = read(CONFIG_FILE, (value) => checkResolved(value, name));
  const identity = read(IDENTITY_FILE, (value): RunIdentity => value);
  const experiment = config?.name ?? name.replace(/-[0-9a-f]{8}$/, "");
  const { data: datasets } = DATASETS.safeParse(identity?.datasets);
  const command = isPresent(`${path}/${COMMAND_FILE}`) ? commandOf(path) : undefined;
  // Folders of earlier versions know no hashes of these files.
  if (datasets !== undefined) {
    for (const file of [CONFIG_FILE, COMMAND_FILE].filter((file) => isPresent(`${path}/${file}`))) {
      if (hashedFileFault(`${path}/${file}`) !== undefined) fault(file, "has changed since it was written");
    }
  }
  if (identity !== undefined && runFolderName(experiment, identity) !== name) {
    const other = runFolderName(experiment, identity);
    fault(
      IDENTITY_FILE,
      `is that of ${other}`,
      "the command that continues it works in a folder of that name, or writes it again",
    );
  }
  return {
    name,
    folder: new RunPaths(path),
    experiment,
    running: isRunning(path),
    ...(config !== undefined && { config }),
    ...(identity !== undefined && { identity }),
    ...(datasets !== undefined && { datasets }),
    ...(command !== undefined && { command }),
    faults,
  };
}

function commandOf(path: string): readonly string[] | undefined {
  try {
    return WORDS.safeParse(JSON.parse(Deno.readTextFileSync(`${path}/${COMMAND_FILE}`))).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Why no command of this code goes on with a run, in one line that follows "not continued"; undefined where one does. */
export function whyNotContinued({ identity, faults }: StoredRun): string | undefined {
  if (identity === undefined) return undefined;
  if (faults.some(({ fault }) => fault.includes(IDENTITY_FILE))) return undefined;
  const changed = changedParts({ code: identity.code }, { code: sourceHashes() });
  return changed.length === 0 ? undefined : changesText(changed);
}
