/**
 * What a job does on a node, as a shell script: brings Deno and the Python of torch, runs the experiment in a folder that
 * outlives the job, and hands its results back.
 *
 * @module
 */
import { shellWord } from "../text/shell_word.ts";

/** The version that the tests run under. */
export const DENO_VERSION = "2.9.6";
/** Where the job keeps its work, unless told otherwise: on the node's own disk. */
const OWN_DISK = '"$HOME/.soft-grpo-bench"';

/** What a script is made of. */
export interface ScriptOptions {
  /** Words behind `bench`. */
  readonly words: readonly string[];
  /** Folder on the nodes that outlives a job. */
  readonly shared?: string;
  /** Python with torch and transformers on the nodes. */
  readonly python: string;
  /** Deno on the nodes; absent: that of the PATH where it has the version, else PyPI's. */
  readonly deno?: string;
  /** A checkpoint of the hub, which the job fetches. */
  readonly fetchedModel?: string;
  /** Several machines whose devices work together; absent: this one. */
  readonly several?: { readonly nodes: number; readonly devices: number; readonly device: "cpu" | "cuda" };
}

/** The variable in which a job is told the name of its run, which its archive cannot hold. */
export const RUN_VARIABLE = "SOFT_GRPO_BENCH_RUN";

/** The script's text. */
export function jobScript({ words, shared, python, deno, fetchedModel, several }: ScriptOptions): string {
  return `#!/bin/bash
# Written by soft-grpo-bench: one experiment on this machine, from the folder of the package.
set -euo pipefail
cd "$(dirname "$0")"
# Paths are of this folder, even where a task of Deno started the cluster.
unset INIT_CWD
kept=${shared === undefined ? OWN_DISK : shellWord(shared)}
work="$kept/$${RUN_VARIABLE}"
python=$(command -v ${shellWord(python)}) || { echo "found no Python on this node:" ${shellWord(python)} >&2; exit 1; }
export DENO_DIR="$PWD/deno_dir" DENO_NO_UPDATE_CHECK=1 NO_COLOR=1
mkdir -p "$work"
${denoLines(deno)}
run=("$deno" run --quiet --no-prompt --cached-only --allow-read --allow-env)
program=src/cli/main.ts

${torchLines(python, several)}
${
    fetchedModel === undefined ? "" : `
mkdir -p "$kept/data"
ln -sfn "$kept/data" .data
"\${run[@]}" --allow-write --allow-net $program models fetch ${shellWord(fetchedModel)}
`
  }
code=0
"\${around[@]}" "\${run[@]}" --allow-write="$work" --allow-sys=hostname --allow-run="$PWD/.cache/torch/bin/python" $program \\
  bench ${words.map(shellWord).join(" ")} --runs "$work/runs" --results "$work/results" --json \\
  > "$work/outcome.json" || code=$?
"\${run[@]}" src/commands/hand_back.ts "$work/results"
exit $code
`;
}

function torchLines(python: string, several: ScriptOptions["several"]): string {
  if (several === undefined) {
    return `# PyTorch as this machine has it; nothing is installed.
around=(env)
"\${run[@]}" --allow-write=.cache --allow-run $program setup:torch --python "$python"`;
  }
  const { nodes, devices, device } = several;
  return `# Workers are on several machines: relays stand for them here.
around=("$python" src/cluster/python/ray_driver.py ${nodes} ${devices} ${device} ${shellWord(python)} \\
  src/torch/worker/worker.py "$PWD/.cache/torch/bin/python")`;
}

function denoLines(deno: string | undefined): string {
  if (deno !== undefined) {
    return `deno=$(command -v ${shellWord(deno)}) || { echo "found no Deno on this node:" ${
      shellWord(deno)
    } >&2; exit 1; }`;
  }
  return `deno=$(command -v deno || true)
if [ -z "$deno" ] || ! "$deno" --version | grep -q "^deno ${DENO_VERSION} "; then
  deno="$kept/deno-${DENO_VERSION}/bin/deno"
  if [ ! -x "$deno" ]; then
    part=$(mktemp -d "$kept/deno.XXXXXX")
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps --target "$part" deno==${DENO_VERSION}
    mv -T "$part" "$kept/deno-${DENO_VERSION}" 2>/dev/null || rm -rf "$part"
  fi
fi`;
}
