/**
 * The folder of a verl job: `bash run.sh` in it trains one arm under one seed, and leaves a Hugging Face folder to sample.
 * It is a pure function of the experiment: the same experiment gives the same bytes.
 *
 * @module
 */
import type { Problem } from "../../datasets/problem.ts";
import { trainingProblems, type TrainingSource } from "../../datasets/training_source.ts";
import { jsonSha256 } from "../../files/hash.ts";
import { armTraining, type ResolvedArm, type ResolvedExperimentConfig } from "../../experiment/resolve.ts";
import { overrideLine } from "./hydra.ts";
import { JOB_FOLDER, OUTPUT_FOLDER, type VerlCluster, verlOverrides } from "./overrides.ts";
import { verlRow } from "./problems.ts";
import type { RewardGrader } from "./reward_stream.ts";
import type { VerlTrainer } from "./trainers.ts";

/** Whose training it is, and on what. */
export interface VerlJob {
  readonly config: ResolvedExperimentConfig;
  readonly arm: ResolvedArm;
  readonly seed: number;
  readonly cluster: VerlCluster;
  readonly source: TrainingSource;
  /** Where the model lies on the cluster: a folder, or a name on the hub. */
  readonly model: string;
  /** Whether the prompt opens the thinking. */
  readonly opensThinking: boolean;
}

const PROGRAM = new URL("../../", import.meta.url);
const GRADER_PROGRAM = "cluster/verl/reward_stream.ts";
const PYTHON = ["verl_reward.py", "verl_problems.py"];
/** Rows of the file of validation, which verl wants to have and, with no validation, does not use. */
const VALIDATION_ROWS = 1;

/**
 * The files of a job, by their path in its folder.
 *
 * @throws {BenchError} If no verl trains this arm
 */
export async function renderVerlJob(job: VerlJob): Promise<ReadonlyMap<string, string>> {
  const { config, arm, seed, cluster, source, model, opensThinking } = job;
  const { trainer, overrides } = verlOverrides(config, arm, seed, cluster);
  const training = armTraining(config, arm);
  const { steps, promptsPerStep } = training;
  const rows = Array.from({ length: steps }, (_, step) => source.problems(step, promptsPerStep)).flat();
  const objective = arm.objective!;
  const { name, boxed } = objective.grader ?? config.grader;
  const settings: RewardGrader = { name, boxed, thinking: opensThinking };
  const facts = {
    experiment: config.name,
    experimentSha256: jsonSha256(config),
    arm: arm.label,
    seed,
    trainer: trainer.name,
    trainerVersion: trainer.version,
    trainingSource: { name: source.name, version: source.version, problems: trainingProblems(source, training).length },
    reward: objective.reward,
    grader: { program: `src/${GRADER_PROGRAM}`, settings },
  };
  const all = [["actor_rollout_ref.model.path", model] as const, ...overrides];
  return new Map([
    ["run.sh", runScript(trainer)],
    ["verl_check.py", trainer.check.trimStart()],
    ["overrides.txt", all.map((override) => overrideLine(override) + "\n").join("")],
    ["job.json", JSON.stringify(facts, null, 2) + "\n"],
    ["train.jsonl", jsonLines(rows, source, config)],
    ["validation.jsonl", jsonLines(rows.slice(0, VALIDATION_ROWS), source, config)],
    ...PYTHON.map((file) => [file, readSource(`cluster/verl/python/${file}`)] as const),
    ...importedFiles(GRADER_PROGRAM).map((path) => [`program/src/${path}`, readSource(path)] as const),
  ]);
}

function jsonLines(rows: readonly Problem[], { name }: TrainingSource, { prompt }: ResolvedExperimentConfig): string {
  return rows.map((row) => JSON.stringify(verlRow(row, name, prompt)) + "\n").join("");
}

/** Checks first, since a wrong trainer would train something else; ends in the trainer's own status. */
function runScript({ merge }: VerlTrainer): string {
  return `#!/usr/bin/env bash
# Trains one arm with verl; every setting is in overrides.txt, every other fact in job.json.
# PYTHON names the interpreter, DENO the program that runs the grader, OUTPUT a folder that every node sees.
set -euo pipefail
cd "$(dirname "$0")"
PYTHON=\${PYTHON:-python3}
OUTPUT=\${OUTPUT:-$PWD/output}
export DENO=\${DENO:-deno} PYTHONUNBUFFERED=1 HYDRA_FULL_ERROR=1

case "$PWD$OUTPUT" in *"'"* | *\\\\*)
  echo "Cannot run in $PWD with output in $OUTPUT: expected paths without quotes and backslashes" >&2
  exit 1
  ;;
esac
if ! "$DENO" --version >/dev/null; then
  echo "Cannot grade: found no deno, expected one on PATH or named by DENO; pip install deno==2.9.6" >&2
  exit 1
fi
"$PYTHON" verl_check.py
"$PYTHON" verl_problems.py train validation

mapfile -t overrides <overrides.txt
overrides=("\${overrides[@]//"${JOB_FOLDER}"/$PWD}")
overrides=("\${overrides[@]//"${OUTPUT_FOLDER}"/$OUTPUT}")
"$PYTHON" -m verl.trainer.main_ppo "\${overrides[@]}"

step=$(cat "$OUTPUT/checkpoints/latest_checkpointed_iteration.txt")
${merge.replace(/^python3/, '"$PYTHON"')} \\
  --local_dir "$OUTPUT/checkpoints/global_step_$step/actor" --target_dir "$OUTPUT/model"
echo "trained: $OUTPUT/model"
`;
}

/** What a source needs when it runs: types are none of it. */
const IMPORT = /^(?:import|export)(?! type\b)[^;]*?from "(\.[^"]+\.ts)"/gm;

/** A source with all that it imports, by path within `src/`; packages are none of it. */
function importedFiles(first: string): string[] {
  const found = new Set([first]);
  for (const path of found) {
    for (const [, relative] of readSource(path).matchAll(IMPORT)) {
      found.add(new URL(relative, new URL(path, "file:///")).pathname.slice(1));
    }
  }
  return [...found].sort();
}

function readSource(path: string): string {
  return Deno.readTextFileSync(new URL(path, PROGRAM));
}
