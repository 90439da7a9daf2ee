/**
 * `model`: loads a checkpoint and prints what one compares with another implementation.
 *
 * @module
 */
import { modelFolder } from "../checkpoint/hub/cache.ts";
import { UsageError } from "../errors.ts";
import { inspectModel, type ModelReport } from "../experiment/inspect_model.ts";
import { readRow } from "../models/host_readings.ts";
import { logProbability } from "../models/readings.ts";
import { loadTokenizer, type Tokenizer } from "../prompt/tokenizer.ts";
import { visible } from "../text/visible.ts";
import { EXIT } from "./command.ts";
import { productsOf } from "./experiment_arguments.ts";
import type { ModelArguments } from "./descriptions/supplies.ts";

/** @returns 0 */
export async function run({ positionals: [given], flags }: ModelArguments): Promise<number> {
  if (flags.text === undefined) throw new UsageError("Cannot run the model without a text: add --text TEXT");
  const { reason, notes, ...report } = await inspectModel(given, flags.text, {
    backend: flags.backend ?? "auto",
    ...productsOf(flags),
    chat: flags.chat === true,
    ...(flags.greedy !== undefined && { greedy: flags.greedy }),
    ...(flags.mixture !== undefined && { mixture: parseMixture(flags.mixture) }),
  });
  for (const note of notes) console.error(visible(note));
  console.log(
    flags.json === true ? JSON.stringify(report) : describe(report, await loadTokenizer(modelFolder(given)), reason),
  );
  return EXIT.ok;
}

/** `id:weight,id:weight`; what is no number is NaN, which nothing takes. */
function parseMixture(given: readonly string[]): [id: number, weight: number][] {
  return given.map((pair) => {
    const [, id, weight] = /^(\d+):([\d.eE+-]+)$/.exec(pair.trim()) ?? [];
    if (weight === undefined) {
      throw new UsageError(
        `Cannot read the mixture entry ${JSON.stringify(pair)}: expected id:weight, e.g. 5:0.7,9:0.3`,
      );
    }
    return [Number(id), Number(weight)];
  });
}

const SHOWN_TOKENS = 5;

function describe(report: ModelReport, tokenizer: Tokenizer, reason: string): string {
  const likeliest = (logits: readonly number[]) => {
    const readings = readRow(Float32Array.from(logits), { logSumExp: [1] });
    const percent = (id: number) => (100 * Math.exp(logProbability(readings, logits[id], 1))).toFixed(1);
    return [...logits.keys()].sort((a, b) => logits[b] - logits[a]).slice(0, SHOWN_TOKENS)
      .map((id) => `${JSON.stringify(tokenizer.decode([id]))} ${percent(id)} %`)
      .join("  ");
  };
  const surprise = -report.tokenLogProbs.reduce((sum, x) => sum + x, 0) / Math.max(1, report.tokenLogProbs.length);
  return [
    `${report.parameters.toLocaleString("en")} parameters on ${report.backend} (${reason})`,
    `text      ${JSON.stringify(report.text)}, ${report.ids.length} tokens, ${surprise.toFixed(3)} nats per token`,
    `next      ${likeliest(report.lastLogits)}`,
    ...(report.greedyIds.length > 0 ? [`greedy    ${JSON.stringify(report.greedyText)}`] : []),
    ...(report.mixtureLogits === null ? [] : [`mixture   ${likeliest(report.mixtureLogits)}`]),
  ].join("\n");
}
