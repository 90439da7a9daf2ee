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
import { parseModelReference } from "../checkpoint/hub/reference.ts";
import { Progress } from "../progress.ts";

const TOKEN_VARIABLE = "HF_TOKEN";

/** Models of the papers, with what their pages say of the licence. */
const KNOWN_MODELS: readonly (readonly [model: string, licence: string])[] = [
  ["deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B", "MIT"],
  ["deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", "MIT"],
  ["meta-llama/Llama-3.2-3B-Instruct", "Llama 3.2 licence, gated"],
];

/** @returns 0 */
export async function run({ positionals, flags }: ModelsArguments): Promise<number> {
  const [action = "list", ...names] = positionals;
  const cache = flags.cache ?? DEFAULT_MODEL_CACHE;
  const json = flags.json === true;
  if (action === "list") return await list(cache, json);
  if (names.length === 0) throw new UsageError("Cannot fetch no model: name at least one as org/name@revision");
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
  const absent = KNOWN_MODELS.filter(([name]) => !models.some(({ model }) => model === name));
  if (absent.length > 0) console.log("\nModels of the papers that are not here (deno task models fetch NAME):");
  for (const [name, licence] of absent) console.log(`  ${name}  (${licence})`);
  return EXIT.ok;
}

async function fetchAll(names: readonly string[], options: FetchModelOptions, json: boolean): Promise<number> {
  const progress = new Progress({ quiet: json });
  const models = [];
  for (const reference of names.map(parseModelReference)) {
    using phase = progress.phase(`fetch ${reference.model}`, { unit: "B" });
    const onBytes = (file: string, bytes: number) => phase.advance(Math.max(0, bytes), { file });
    const fetched = await fetchModel(reference, { ...options, onBytes });
    models.push(fetched);
    if (!json) {
      const { model, commit, folder, from, bytes } = fetched;
      console.log(`${model}@${commit}: ${megabytes(bytes)} from ${from}, in ${folder}`);
    }
  }
  if (json) console.log(JSON.stringify({ models }));
  return EXIT.ok;
}

/** The hub's token where this program may see it. */
function accessToken(): string | undefined {
  if (Deno.permissions.querySync({ name: "env", variable: TOKEN_VARIABLE }).state !== "granted") return undefined;
  return Deno.env.get(TOKEN_VARIABLE);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
