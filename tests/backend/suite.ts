/** The numerical suite that every backend passes: decoding, readings, gradients and AdamW against float64. */
import { assert, assertEquals } from "@std/assert";
import { tokenRows } from "../../src/models/input_rows.ts";
import { wholeRowsOf } from "../fixtures/logit_rows.ts";
import type { LanguageModel } from "../../src/models/language_model.ts";
import type { TestedBackend } from "./backends.ts";
import { testReadings } from "./reading_suite.ts";
import { assertClose, CASE_NAMES, type GoldenCase, goldenLoss, loadGoldenCase } from "./golden_case.ts";

const CASES: readonly GoldenCase[] = await Promise.all(CASE_NAMES.map(loadGoldenCase));

/** Registers the suite for one backend, over all golden cases or some of them. */
export function testBackend(backend: TestedBackend, cases: readonly (typeof CASE_NAMES)[number][] = CASE_NAMES): void {
  testReadings(backend);
  for (const golden of CASES.filter(({ name }) => cases.some((wanted) => wanted === name))) {
    const test = (sentence: string, check: (model: LanguageModel) => Promise<void>) => {
      Deno.test({
        name: `${backend.name}, ${golden.name}: ${sentence}`,
        ignore: backend.missing !== undefined,
        fn: async () => {
          const model = await backend.create(golden.checkpoint.config, golden.checkpoint.weights);
          try {
            await check(model);
          } finally {
            await model.dispose();
          }
        },
      });
    };
    const { vocabularySize: V } = golden.checkpoint.config;
    const close = (actual: ArrayLike<number>, expected: ArrayLike<number>, what: string) =>
      assertClose(actual, expected, backend.tolerance, what);

    test("cached decoding gives the logits of a forward pass at every position", async (model) => {
      const { ids, logits } = golden;
      const decoder = wholeRowsOf(await model.decode([ids.subarray(0, 4)], [1], ids.length), V);
      close((await decoder.prompts(1))[0], logits[3], "logits after the prompt");
      for (let t = 4; t < ids.length; t++) {
        const [row] = await decoder.step(Int32Array.of(0), tokenRows(ids.subarray(t, t + 1)));
        close(row, logits[t], `logits at position ${t}`);
      }
      decoder.dispose();
    });

    test("greedy tokens, soft mixtures and offsets, with prompts of unequal length in one batch", async (model) => {
      const { ids, greedy, mixture, offset } = golden;
      // Sequences 0 and 3 have the golden prompt; 1 and 2 are there to be in the way.
      const decoder = wholeRowsOf(await model.decode([ids, ids.subarray(0, 5), ids], [1, 2, 1], greedy.length + 2), V);
      const found = [argmax((await decoder.prompts(4))[0])];
      const [next, , mixed] = await decoder.step(Int32Array.of(0, 1, 3), {
        count: 3,
        width: mixture.width,
        ids: Int32Array.of(found[0], 0, 0, 9, 2, 4, ...mixture.ids),
        weights: Float32Array.of(1, 0, 0, 0.25, 0.25, 0.5, ...mixture.weights),
      });
      close(mixed, golden.mixtureLogits, "logits after a mixture");
      found.push(argmax(next));
      const [noisy] = await decoder.step(Int32Array.of(3), offset);
      close(noisy, golden.offsetLogits, "logits after an offset");
      while (found.length < greedy.length) {
        const [row] = await decoder.step(Int32Array.of(0), tokenRows(Int32Array.of(found.at(-1)!)));
        found.push(argmax(row));
      }
      assertEquals(found, greedy);
      decoder.dispose();
    });

    test("loss and gradients of groups with discrete, mixed and noisy inputs", async (model) => {
      for (const trainInputs of [false, true]) {
        const loss = goldenLoss(V);
        await model.accumulate(golden.groups, loss.visit, { trainInputs });
        // The sum over a few thousand terms cancels; it is judged against one term a logit.
        assert(
          Math.abs(loss.total() - golden.loss) < backend.tolerance * V * 20,
          `loss ${loss.total()}, ${golden.loss}`,
        );
        for (const [name, { data }] of await model.gradients()) {
          const table = trainInputs && name === "model.embed_tokens.weight";
          close(data, golden.tensor(`gradient${table ? "_with_inputs" : ""}.${name}`), `gradient of ${name}`);
        }
        await model.restore(golden.checkpoint.weights);
      }
    });

    test("three AdamW updates with clipping, from gradients gathered group by group", async (model) => {
      const { rate, beta1, beta2, epsilon, decay, max_norm } = golden.adamW;
      for (const [i, expected] of golden.norms.entries()) {
        for (const [g, group] of golden.groups.entries()) {
          const loss = goldenLoss(V);
          await model.accumulate([group], {
            reads: loss.visit.reads,
            score: (place, readings) => loss.visit.score({ ...place, group: g }, readings),
          });
        }
        const norm = await model.update({
          learningRate: rate,
          beta1,
          beta2,
          epsilon,
          weightDecay: decay,
          maxGradientNorm: max_norm,
          step: i + 1,
        });
        close([norm], [expected], `gradient norm of update ${i + 1}`);
      }
      for (const [name, { data }] of await model.weights()) close(data, golden.tensor(`trained.${name}`), name);
      const table = golden.tensor("trained.model.embed_tokens.weight");
      const rms = Math.sqrt(table.reduce((sum, value) => sum + value ** 2, 0) / table.length);
      close([await model.coordinateRms()], [rms], "the trained table's coordinates");
    });
  }
}

function argmax(logits: Float32Array): number {
  return logits.reduce((best, logit, i) => logit > logits[best] ? i : best, 0);
}
