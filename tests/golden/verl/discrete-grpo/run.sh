#!/usr/bin/env bash
# Trains one arm with verl; every setting is in overrides.txt, every other fact in job.json.
# PYTHON names the interpreter, DENO the program that runs the grader, OUTPUT a folder that every node sees.
set -euo pipefail
cd "$(dirname "$0")"
PYTHON=${PYTHON:-python3}
OUTPUT=${OUTPUT:-$PWD/output}
export DENO=${DENO:-deno} PYTHONUNBUFFERED=1 HYDRA_FULL_ERROR=1

case "$PWD$OUTPUT" in *"'"* | *\\*)
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
overrides=("${overrides[@]//"{JOB}"/$PWD}")
overrides=("${overrides[@]//"{OUTPUT}"/$OUTPUT}")
"$PYTHON" -m verl.trainer.main_ppo "${overrides[@]}"

step=$(cat "$OUTPUT/checkpoints/latest_checkpointed_iteration.txt")
"$PYTHON" -m verl.model_merger merge --backend fsdp \
  --local_dir "$OUTPUT/checkpoints/global_step_$step/actor" --target_dir "$OUTPUT/model"
echo "trained: $OUTPUT/model"
