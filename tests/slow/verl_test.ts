/**
 * Rendered verl jobs against what is not ours: Hydra with the pinned verl's own configuration, Python, bash. pip brings
 * them; where it cannot, the tests say that they skip. No GPU trains here.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { renderVerlJob } from "../../src/cluster/verl/job.ts";
import { paperJob } from "../cluster/verl/paper_job.ts";

const PACKAGES = ["hydra-core==1.3.2", "pyarrow==26.0.1"];
/** Read for its configuration alone: it is not installed. */
const WHEEL = "verl==0.9.1";
const VENV = ".cache/verl";
const python = `${Deno.cwd()}/${VENV}/bin/python`;
const LABELS = ["discrete-grpo", "soft-thinking-grpo-release"];

/** The configuration of the fork where it is not verl 0.4.0's: keys that it adds, from the file named in trainers.ts. */
const FORK_ADDS = [
  ...["after_thinking_temperature", "after_thinking_top_p", "after_thinking_top_k", "gumbel_softmax_temperature"],
  ...["noise_factor", "noise_gaussian", "noise_gumbel", "noise_on_logits", "noise_on_inputs", "enable_soft_thinking"],
  ...["add_noise_gumbel_softmax", "add_noise_dirichlet"],
];

async function run(command: string, args: readonly string[], options: Deno.CommandOptions = {}) {
  const output = await new Deno.Command(command, { args: [...args], stdin: "null", ...options }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code: output.code, stdout: text(output.stdout), stderr: text(output.stderr) };
}

async function prepared(): Promise<boolean> {
  const ready = await run(python, ["-c", "import hydra, pyarrow"]).then(({ code }) => code === 0, () => false);
  if (!ready) {
    const steps = [
      ["python3", "-m", "venv", VENV],
      [python, "-m", "pip", "install", "-q", ...PACKAGES],
    ];
    for (const [command, ...args] of steps) {
      const { code, stderr } = await run(command, args).catch((error) => ({ code: 1, stderr: String(error) }));
      if (code !== 0) return skip(stderr);
    }
  }
  for (const wheel of [WHEEL, "verl==0.4.0"]) {
    const folder = `${VENV}/${wheel}`;
    if (await Deno.stat(folder).then(() => true, () => false)) continue;
    const { code, stderr } = await run(python, [
      "-m",
      "pip",
      "download",
      "-q",
      "--no-deps",
      "-d",
      `${folder}.part`,
      wheel,
    ]);
    if (code !== 0) return skip(stderr);
    const [{ name }] = [...Deno.readDirSync(`${folder}.part`)];
    await run(python, ["-m", "zipfile", "-e", `${folder}.part/${name}`, folder]);
  }
  return true;
}

function skip(reason: string): false {
  console.warn(`SKIP: verl's configuration could not be had: ${reason.trim().split("\n").at(-1)}`);
  return false;
}

const READY = await prepared();

const COMPOSE = `
import sys
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf
folder, lines, *added = sys.argv[1:]
with initialize_config_dir(config_dir=folder, version_base=None):
    overrides = [line.rstrip("\\n") for line in open(lines)]
    plus = [("+" + line if line.split("=")[0].split(".")[-1] in added else line) for line in overrides]
    config = compose(config_name="ppo_trainer", overrides=plus)
for key in sys.stdin.read().split():
    print(key, repr(OmegaConf.select(config, key)))
`;

/** Writes a job, and what of it runs. */
async function written(label: string): Promise<string> {
  const folder = await Deno.makeTempDir();
  for (const [path, text] of await renderVerlJob(paperJob(label))) {
    const at = `${folder}/${path}`;
    await Deno.mkdir(at.slice(0, at.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(at, text);
  }
  return folder;
}

for (const label of LABELS) {
  Deno.test({
    name: `Hydra takes the overrides of ${label} on the pinned verl's own configuration`,
    ignore: !READY,
    fn: async () => {
      const folder = await written(label);
      const [wheel, added] = label === "discrete-grpo" ? [WHEEL, []] : ["verl==0.4.0", FORK_ADDS];
      const config = `${Deno.cwd()}/${VENV}/${wheel}/verl/trainer/config`;
      const keys =
        "actor_rollout_ref.model.path actor_rollout_ref.rollout.n data.train_files trainer.logger algorithm.adv_estimator";
      const child = new Deno.Command(python, {
        args: ["-c", COMPOSE, config, `${folder}/overrides.txt`, ...added],
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(keys));
      await writer.close();
      const { code, stdout, stderr } = await child.output();
      assertEquals(code, 0, new TextDecoder().decode(stderr));
      assertEquals(new TextDecoder().decode(stdout).trimEnd().split("\n"), [
        `actor_rollout_ref.model.path "/models/it's here/DeepSeek-R1-Distill-Qwen-1.5B"`,
        "actor_rollout_ref.rollout.n 8",
        "data.train_files ['{JOB}/train.parquet']",
        "trainer.logger ['console']",
        "algorithm.adv_estimator 'grpo'",
      ]);
      await Deno.remove(folder, { recursive: true });
    },
  });
}

Deno.test({
  name: "the reward of a job is that of our grader, with the problem's name, in rows of the same keys",
  ignore: !READY,
  fn: async () => {
    const folder = await written("discrete-grpo");
    const rewards = `
import json, sys
sys.path.insert(0, sys.argv[1])
from verl_reward import compute_score
asked = {"problem_id": "p1", "question": "What is 1/4 + 1/4?"}
for text in ["so </think> \\\\boxed{0.5}", "</think> \\\\boxed{\\\\frac{1}{2}}", "</think> \\\\boxed{7}", "so it may be"]:
    print(json.dumps(compute_score("own", text, "1/2", asked), sort_keys=True))
`;
    const { code, stdout, stderr } = await run(python, ["-c", rewards, folder], {
      env: { DENO: Deno.execPath() },
    });
    assertEquals(code, 0, stderr);
    const rows = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    const of = (score: number, pred: string) => ({
      score,
      acc: score,
      pred,
      problem_id: "p1",
      dataset: "own",
      grader_error: "",
    });
    assertEquals(rows, [of(1, "0.5"), of(1, "\\frac{1}{2}"), of(0, "7"), of(0, "")]);
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test({
  name: "run.sh writes the parquet files, hands over every override with its own folders, and ends as the trainer does",
  ignore: !READY,
  fn: async () => {
    const folder = await written("discrete-grpo");
    const seen = `${folder}/seen.txt`;
    // Stands for a Python that has verl: the trainer writes down what it is told.
    const stand = `${folder}/python`;
    await Deno.writeTextFile(
      stand,
      `#!/bin/bash
case "$*" in
  verl_check.py) exit 0 ;;
  "-m verl.trainer.main_ppo"*) printf '%s\\n' "\${@:3}" >"${seen}"; mkdir -p output/checkpoints/global_step_3/actor
    echo 3 >output/checkpoints/latest_checkpointed_iteration.txt; exit \${TRAINER_STATUS:-0} ;;
  "-m verl.model_merger"*) printf '%s\\n' "$*" >>"${seen}" ;;
  *) exec "${python}" "$@" ;;
esac
`,
      { mode: 0o755 },
    );
    const env = { PYTHON: stand, DENO: Deno.execPath() };
    const done = await run("bash", [`${folder}/run.sh`], { env });
    assertEquals(done.code, 0, done.stderr);
    assertMatch(done.stdout, /train\.parquet: 12 rows\nvalidation\.parquet: 1 rows\n[^]*trained: .*\/output\/model\n$/);
    const told = await Deno.readTextFile(seen);
    const inside = await Deno.realPath(folder);
    assert(told.includes(`data.train_files=['${inside}/train.parquet']`), told);
    assert(told.includes(`trainer.default_local_dir='${inside}/output/checkpoints'`), told);
    assert(told.includes(`merge --backend fsdp --local_dir ${inside}/output/checkpoints/global_step_3/actor`), told);
    const failed = await run("bash", [`${folder}/run.sh`], { env: { ...env, TRAINER_STATUS: "7" } });
    assertEquals(failed.code, 7);
    const table = await run(python, [
      "-c",
      "import sys, pyarrow.parquet as p; r = p.read_table(sys.argv[1]).to_pylist()[0]; print(r['prompt'][0]['role'], sorted(r['reward_model'].items()), sorted(r['extra_info']))",
      `${folder}/train.parquet`,
    ]);
    assertMatch(
      table.stdout,
      /^user \[\('ground_truth', '-?\d+'\), \('style', 'rule'\)\] \['problem_id', 'question'\]\n$/,
    );
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test({
  name: "a Python without this verl is refused before anything is trained, with how it is installed",
  ignore: !READY,
  fn: async () => {
    for (const [label, reason] of [["discrete-grpo", /verl/], ["soft-thinking-grpo-release", /flash_attn/]] as const) {
      const folder = await written(label);
      const { code, stderr } = await run("bash", [`${folder}/run.sh`], {
        env: { PYTHON: python, DENO: Deno.execPath() },
      });
      assertEquals(code, 1);
      assertMatch(stderr, reason);
      assertEquals(/Traceback/.test(stderr), false, stderr);
      await Deno.remove(folder, { recursive: true });
    }
  },
});
