/**
 * What training takes of a device's memory, beside what `--dry-run` foretells, and whether as many sequences as it
 * foretells fit.
 *
 * @module
 */
import { resolveExperiment } from "../../src/experiment/resolve.ts";
import { fit, torchLayout, workload } from "../../src/experiment/workload.ts";
import type { TorchWorkers } from "../../src/torch/workers.ts";
import { gigabytesText } from "../../src/text/numbers.ts";
import tiny from "../tiny.ts";
import { freshModel } from "./fresh_model.ts";
import type { Section } from "./record.ts";
import type { CheckSizes } from "./shapes.ts";
import { settingsOf, step } from "./work.ts";

/** Runs the section. */
export async function memorySection(workers: TorchWorkers, sizes: CheckSizes): Promise<Section> {
  const shape = sizes.stepped.at(-1)!;
  const { prompts, group, promptTokens, tokens } = sizes.step;
  const experiment = resolveExperiment(tiny, { arms: ["discrete-grpo"], seeds: [1], maxNewTokens: tokens });
  const work = workload(experiment, shape.config, [], promptTokens, torchLayout(sizes.dtype));
  const { weights, training, activations, sequence } = work.memory;
  const forecast = weights + training + activations + prompts * group * sequence;
  await workers.peakMemory();
  const model = await freshModel(workers, shape);
  try {
    await step(model, "discrete", await settingsOf("discrete", model, tokens), sizes.step, 0);
    const peak = await workers.peakMemory();
    const rows: (string | undefined)[][] = [
      ["peak of one step", gigabytesText(forecast), peak === undefined ? undefined : gigabytesText(peak)],
    ];
    const [free] = workers.freeMemory;
    if (free !== undefined) {
      const { sequences } = fit(work, free);
      const prompt = Int32Array.from({ length: promptTokens }, (_, i) => i + 1);
      const decoder = await model.decode([prompt], [sequences], tokens);
      await decoder.readPrompts(Array.from({ length: sequences }, () => ({ top: 1 })));
      decoder.dispose();
      rows.push(["sequences at once", String(sequences), `${sequences} fit`]);
    }
    return { title: `Memory, ${shape.name}, ${sizes.dtype}`, columns: ["what", "foretold", "found"], rows };
  } finally {
    await model.dispose();
  }
}
