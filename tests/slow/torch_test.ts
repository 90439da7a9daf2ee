/**
 * PyTorch on the CPU, in a process of its own. Needs `deno task setup:torch`; without it each test says that it is skipped.
 * A GPU has `deno task gpu:check`.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { BenchError } from "../../src/errors.ts";
import { openModel } from "../../src/experiment/open_model.ts";
import { EMBEDDING_NAME } from "../../src/models/parameters.ts";
import type { RowLoss } from "../../src/models/readings.ts";
import { restoreTrainingCheckpoint, saveTrainingCheckpoint } from "../../src/training/checkpoint.ts";
import type { CurvePoint } from "../../src/training/curve.ts";
import { ALGORITHM_CASES, golden, testAlgorithms } from "../backend/algorithm_suite.ts";
import { testedBackend, torchModels } from "../backend/backends.ts";
import { testSeveralProcesses } from "../backend/several_processes.ts";
import { testReplica } from "../contract/training_replica.ts";
import { testBackend } from "../backend/suite.ts";

const backend = await testedBackend("torch");
const ignore = backend.missing !== undefined;
testBackend(backend);
testAlgorithms(backend, ALGORITHM_CASES);
testReplica(backend);

const PROCESSES = 3;
const several = ignore ? backend : { create: await torchModels({ devices: PROCESSES }) };
testSeveralProcesses(`torch, ${PROCESSES} gloo processes`, backend, several);

/** Writes a random Phi, whose norms have means, to a folder. */
const PHI = `
import sys, torch
from transformers import PhiConfig, PhiForCausalLM
torch.manual_seed(3)
PhiForCausalLM(PhiConfig(vocab_size=31, hidden_size=24, intermediate_size=37, num_hidden_layers=2,
    num_attention_heads=4, partial_rotary_factor=0.67, max_position_embeddings=64)).save_pretrained(sys.argv[1])
`;

Deno.test({
  name: "torch: an architecture that only transformers knows is trained, saved and gone on from",
  ignore,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const made = await new Deno.Command(PYTHON, { args: ["-W", "ignore", "-c", PHI, folder] }).output();
    assert(made.success, new TextDecoder().decode(made.stderr));
    const checkpoint = await loadCheckpoint(folder, { foreign: true });
    await assertRejects(() => loadCheckpoint(folder), BenchError, 'its architecture is "phi"');
    await assertRejects(
      () => openModel(checkpoint, { backend: "cpu-engine" }),
      BenchError,
      "--backend torch leaves it to transformers",
    );

    const opened = await openModel(checkpoint, { backend: "torch", device: "cpu", workers: 1 });
    const { model } = opened;
    await model.accumulate(golden.groups, ONE_LOGIT);
    const norm = await model.update({ ...ADAM_W, step: 1 });
    assert(norm > 0);
    const trained = await model.weights();
    const run = { run: "r", curve: [{ step: 1 }] as unknown as CurvePoint[], every: 1 };
    const saved = `${folder}/checkpoints`;
    await Deno.mkdir(saved);
    await saveTrainingCheckpoint(saved, run, model, checkpoint, { title: "t", summary: "s", facts: [] });
    await model.restore(checkpoint.weights);
    assertEquals((await model.weights()).get(EMBEDDING_NAME), checkpoint.weights.get(EMBEDDING_NAME));
    await restoreTrainingCheckpoint(saved, "r", model);
    assertEquals([...await model.weights()], [...trained]);
    await opened.dispose();
  },
});

const PYTHON = ".cache/torch/bin/python";
/** Pulls at one logit of every action. */
const ONE_LOGIT: RowLoss = {
  reads: () => ({ at: Int32Array.of(3) }),
  score: () => ({ at: Float64Array.of(1) }),
};
const ADAM_W = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
  maxGradientNorm: 1,
};
/** Of a tensor's largest derivative, packed into one row or not: two orders of sums in 32 bits. */
const PACKING_TOLERANCE = 1e-5;
/** Architectures that scale what they embed or the logits, cap them, or mix kinds of layers. */
const REFUSED = ["gemma", "gemma2", "gemma3", "cohere", "granite"];

Deno.test({
  name: "torch: random checkpoints of twenty-three kinds decode as `generate` does and train, or are refused by name",
  ignore,
  fn: async () => {
    const { code, stdout, stderr } = await new Deno.Command(PYTHON, {
      args: ["-W", "ignore", "tests/slow/torch_architectures.py"],
      env: { OMP_NUM_THREADS: "1", PYTHONDONTWRITEBYTECODE: "1", TRANSFORMERS_VERBOSITY: "error" },
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    const cases = new TextDecoder().decode(stdout).trim().split("\n").map((line) => JSON.parse(line));
    assertEquals(cases.filter(({ refused }) => refused !== undefined).map(({ name }) => name), REFUSED);
    for (const { name, greedy, gradient, moved, tensors } of cases.filter(({ refused }) => refused === undefined)) {
      assert(greedy, `${name}: greedy ids differ from those of generate`);
      assert(gradient <= PACKING_TOLERANCE, `${name}: gradients of a packed row are off by ${gradient}`);
      assertEquals(moved, tensors, `${name}: tensors that an update moved`);
    }
  },
});
