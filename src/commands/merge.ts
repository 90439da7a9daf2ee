/**
 * `merge`: an adapter added to the weights beside which it stands, as an ordinary checkpoint.
 *
 * @module
 */
import { EXIT } from "./command.ts";
import type { MergeArguments } from "./descriptions/supplies.ts";
import { readAdapterConfig } from "../checkpoint/adapter.ts";
import { loadCheckpoint } from "../checkpoint/checkpoint.ts";
import { modelFolder } from "../checkpoint/hub/cache.ts";
import { mergeAdapter } from "../checkpoint/merge.ts";
import { UsageError } from "../errors.ts";

/** @returns 0 */
export async function run({ positionals: [adapter, to], flags }: MergeArguments): Promise<number> {
  const model = flags.model ?? (await readAdapterConfig(adapter)).base;
  if (model === undefined) {
    throw new UsageError(`Cannot merge ${adapter}: it does not name its base model; name it by --model`);
  }
  const sha256 = await mergeAdapter(adapter, await loadCheckpoint(modelFolder(model)), to);
  console.log(
    flags.json === true
      ? JSON.stringify({ folder: to, model, sha256 })
      : `${to}: ${model} with ${adapter}, weights sha256 ${sha256}`,
  );
  return EXIT.ok;
}
