import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import type { AdamwCommand, SumShardsCommand } from "../../src/engine/commands.ts";
import { createEngine, type EngineModel } from "../../src/engine/engine.ts";
import type { Host } from "../../src/engine/host.ts";
import { Optimizer } from "../../src/engine/optimizer.ts";
import type { GradientShards } from "../../src/engine/training.ts";
import { BenchError } from "../../src/errors.ts";
import type { NamedTensors } from "../../src/models/language_model.ts";
import { onWholeRows } from "../fixtures/logit_rows.ts";
import { GOLDEN_CASES } from "./golden.ts";

const STEP = {
  learningRate: 0.03,
  beta1: 0.8,
  beta2: 0.95,
  epsilon: 1e-6,
  weightDecay: 0,
  maxGradientNorm: Infinity,
  step: 1,
};

/** Commands of an update whose workers answer what `squares` says of each piece, and its norm. */
async function update(
  size: number,
  workers: number,
  squares: (piece: number) => number,
): Promise<{ norm: number; sums: SumShardsCommand[]; steps: AdamwCommand[] }> {
  const sums: SumShardsCommand[] = [], steps: AdamwCommand[] = [];
  const host = {
    trainedLayout: { size },
    pool: { size: workers },
    memory: { allocateZeroed: () => ({ address: 64, bytes: 0 }) },
    trainedAddress: 0,
    trainedChanged: () => {},
    runAll: (
      commands: readonly (SumShardsCommand | AdamwCommand)[],
      take?: (answer: unknown, command: unknown) => void,
    ) => {
      // The last first: which worker is done when must not matter.
      for (const command of commands.toReversed()) {
        if (command.kind === "adamw") steps.unshift(command);
        else {
          sums.unshift(command);
          const pieces = Array.from({ length: command.pieces }, (_, i) => squares(command.firstPiece + i));
          take!(pieces, command);
        }
      }
      return Promise.resolve();
    },
  };
  const gradients = { address: 0, shardBytes: 4 * size, used: 1, reset: () => {} };
  const optimizer = new Optimizer(host as unknown as Host, gradients as unknown as GradientShards);
  const norm = await optimizer.update(STEP);
  return { norm, sums, steps };
}

Deno.test("pieces of the norm and ranges of the step cover every parameter once, for any number of workers", async () => {
  const piece = 16384;
  for (const size of [1, piece, 5 * piece, 5 * piece + 17]) {
    for (const workers of [1, 2, 3, 7]) {
      const pieces = Math.ceil(size / piece);
      const { norm, sums, steps } = await update(size, workers, (index) => (index + 1) ** 2);
      // Sum of the first n squares.
      assertAlmostEquals(norm ** 2, pieces * (pieces + 1) * (2 * pieces + 1) / 6, 1e-9);
      const covered = sums.flatMap(({ firstPiece, pieces }) =>
        Array.from({ length: pieces }, (_, i) => firstPiece + i)
      );
      assertEquals(covered, Array.from({ length: pieces }, (_, i) => i));
      assert(sums.every((command) => command.piece === piece && command.size === size));
      let next = 0;
      for (const { offset, count } of steps) {
        assertEquals(offset, next);
        // Whole cache lines, so that no two workers write one.
        assert(offset % 16 === 0 && count > 0);
        next += count;
      }
      assertEquals(next, size);
      assert(sums.length <= workers && steps.length <= workers);
    }
  }
});

Deno.test("a piece of the norm that is no finite number ends the step, wherever it lies", async () => {
  const size = 5 * 16384;
  for (let broken = 0; broken < 5; broken++) {
    for (const value of [NaN, Infinity]) {
      const squares = (piece: number) => piece === broken ? value : 1;
      await assertRejects(() => update(size, 2, squares), BenchError, `the gradient's norm is ${value}`);
    }
  }
  // A sum that overflows.
  await assertRejects(() => update(size, 2, () => 1e308), BenchError, "the gradient's norm is Infinity");
});

async function withModel(use: (model: EngineModel) => Promise<void>): Promise<void> {
  const { config, weights } = GOLDEN_CASES[1];
  const model = await createEngine(config, weights, { workers: 2, kernels: "plain" });
  try {
    await use(model);
  } finally {
    await model.dispose();
  }
}

const { config, groups, loss } = GOLDEN_CASES[1];

Deno.test("a gradient that is not finite changes neither weights nor moments", async () => {
  await withModel(async (model) => {
    await model.accumulate(groups, loss);
    await model.update(STEP);
    const weights = await model.weights(), moments = await model.optimizerState();
    for (const value of [NaN, Infinity]) {
      const broken = onWholeRows(config.vocabularySize, ({ gradient }) => gradient.fill(value, 0, 1));
      await model.accumulate(groups, broken);
      await assertRejects(() => model.update({ ...STEP, step: 2 }), BenchError, "the gradient's norm is");
      assertEquals([await model.weights(), await model.optimizerState()], [weights, moments]);
      await model.restore(weights, moments);
    }
  });
});

Deno.test("a step without gradients is one of zeros, whatever the step before has left", async () => {
  await withModel(async (model) => {
    await model.accumulate(groups, loss);
    assert(await model.update(STEP) > 0);
    const { first } = await model.optimizerState();
    assertEquals(await model.update({ ...STEP, step: 2 }), 0);
    for (const [name, { data }] of (await model.optimizerState()).first) {
      data.forEach((m, i) => assertAlmostEquals(m, 0.8 * first.get(name)!.data[i], 1e-6 * Math.abs(m)));
    }
  });
});

Deno.test("weights that are put back without moments begin anew", async () => {
  const isZero = (tensors: NamedTensors) => [...tensors.values()].every(({ data }) => data.every((x) => x === 0));
  await withModel(async (model) => {
    const weights = await model.weights();
    const trained = async () => {
      await model.accumulate(groups, loss);
      await model.update(STEP);
      return await model.weights();
    };
    const expected = await trained();
    // Gradients of before are gone too.
    await model.accumulate(groups, loss);
    await model.restore(weights);
    const { first, second } = await model.optimizerState();
    assert(isZero(first) && isZero(second));
    assertEquals(await trained(), expected);
  });
});
