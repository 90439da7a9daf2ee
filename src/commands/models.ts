/**
 * `models`: checkpoints of the Hugging Face hub that are here, and bringing others here.
 *
 * @module
 */
import { EXIT } from "./command.ts";
import type { ModelsArguments } from "./descriptions/supplies.ts";
import { UsageError } from "../errors.ts";
import { cachedModels, DEFAULT_MODEL_CACHE, readFileList } from "../checkpoint/hub/cache.ts";
import { fetchModel, type FetchModelOptions } from "../checkpoint/hub/fetch.ts";
import type { FetchedModel } from "../checkpoint/hub/gather.ts";
import { KNOWN_MODELS, pinnedReference } from "../checkpoint/hub/known_models.ts";
import { formatModelReference, parseModelReference } from "../checkpoint/hub/reference.ts";
import { takeGguf } from "../checkpoint/hub/take_gguf.ts";
import { Progress } from "../progress.ts";

const TOKEN_VARIABLE = "HF_TOKEN";

/** @returns 0 */
export async function run({ positionals, flags }: ModelsArguments): Promise<number> {
  const [action = "list", ...names] = positionals;
  const cache = flags.cache ?? DEFAULT_MODEL_CACHE;
  const json = flags.json === true;
  if (action === "list") return await list(cache, json);
  if (names.length === 0) throw new UsageError("Cannot fetch no model: name at least one as org/name@revision");
  if (flags.from !== undefined) return await take(names, flags.from, cache, json);
  const token = accessToken();
  return await fetchAll(names, {
    cache,
    offline: flags.offline === true,
    ...(flags.mirror !== undefined && { mirror: flags.mirror }),
    ...(token !== undefined && { token }),
  }, json);
}

async function list(cache: string, json: boolean): Promise<number> {
  const models = await Promise.all(
    cachedModels(cache).map(async (cached) => {
      const { files } = await readFileList(cached);
      return { ...cached, bytes: files.reduce((sum, { pin }) => sum + pin.bytes, 0) };
    }),
  );
  if (json) {
    console.log(JSON.stringify({ models }));
    return EXIT.ok;
  }
  for (const { model, commit, folder, bytes } of models) {
    console.log(`${model}@${commit}  ${megabytes(bytes)}  ${folder}`);
  }
  if (models.length === 0) console.log(`No model was fetched to ${cache} yet.`);
  const absent = KNOWN_MODELS.filter((known) =>
    !models.some(({ model, commit }) => model === known.model && commit === known.revision)
  );
  if (absent.length > 0) console.log("\nModels of the experiments that are not here (deno task models fetch NAME):");
  for (const known of absent) console.log(`  ${formatModelReference(known)}  (${known.licence})`);
  return EXIT.ok;
}

/** A GGUF file under the one name that was given. */
async function take(names: readonly string[], path: string, cache: string, json: boolean): Promise<number> {
  if (names.length > 1) {
    throw new UsageError(`Cannot take ${path} as ${names.join(" and ")}: name one model as org/name`);
  }
  const progress = new Progress({ quiet: json });
  const reference = parseModelReference(names[0]);
  using phase = progress.phase(`take ${reference.model}`, { unit: "B" });
  const taken = await takeGguf(reference, path, { cache, onBytes: (file, bytes) => phase.advance(bytes, { file }) });
  if (json) console.log(JSON.stringify({ models: [taken] }));
  else tell(taken);
  return EXIT.ok;
}

async function fetchAll(names: readonly string[], options: FetchModelOptions, json: boolean): Promise<number> {
  const progress = new Progress({ quiet: json });
  const models = [];
  for (const reference of names.map(pinnedReference)) {
    using phase = progress.phase(`fetch ${reference.model}`, { unit: "B" });
    const onBytes = (file: string, bytes: number) => phase.advance(Math.max(0, bytes), { file });
    const fetched = await fetchModel(reference, { ...options, onBytes });
    models.push(fetched);
    if (!json) tell(fetched);
  }
  if (json) console.log(JSON.stringify({ models }));
  return EXIT.ok;
}

function tell({ model, commit, folder, from, bytes }: FetchedModel): void {
  console.log(`${model}@${commit}: ${megabytes(bytes)} from ${from}, in ${folder}`);
}

/** The hub's token where this program may see it. */
function accessToken(): string | undefined {
  if (Deno.permissions.querySync({ name: "env", variable: TOKEN_VARIABLE }).state !== "granted") return undefined;
  return Deno.env.get(TOKEN_VARIABLE);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
