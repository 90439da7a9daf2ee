import { assertEquals, assertRejects } from "@std/assert";
import tiny from "../../benchmarks/tiny.ts";
import { UsageError } from "../../src/errors.ts";
import { checkExperiment } from "../../src/experiment/config.ts";
import { jobExperiment } from "../../src/cluster/job_experiment.ts";

const SHARED = Deno.env.get("SOFT_GRPO_BENCH_MIRROR");
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
const dataOf = (bytes: Uint8Array | undefined) => JSON.parse(/^export default (.*);\n$/s.exec(text(bytes))![1]);

Deno.test("an experiment goes along as the same data, and the embedded model and generated datasets with the code", async () => {
  const { files, file, ...more } = await jobExperiment(tiny);
  assertEquals([[...files.keys()], more], [["experiment.ts"], {}]);
  assertEquals(checkExperiment(dataOf(files.get(file))), checkExperiment(tiny));
});

Deno.test("a dataset of one's own goes along under its name, for training too", async () => {
  const folder = await Deno.makeTempDir();
  const row = '{"id":"1","question":"1+1","answer":"2"}\n';
  await Deno.writeTextFile(`${folder}/own.jsonl`, row);
  const path = `${folder}/own.jsonl`;
  const config = { ...tiny, datasets: ["arith-add", path], training: { ...tiny.training, source: path } };
  const { files, file } = await jobExperiment(config);
  const { datasets, training } = dataOf(files.get(file));
  assertEquals([datasets, training.source], [["arith-add", "own_datasets/own.jsonl"], "own_datasets/own.jsonl"]);
  assertEquals(text(files.get("own_datasets/own.jsonl")), row);
  const twice = { ...config, datasets: [path, `${folder}/sub/own.jsonl`] };
  await assertRejects(() => jobExperiment(twice), UsageError, "two datasets of the name own.jsonl");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a published dataset goes along from a mirror, and is asked for where it is not here", async () => {
  const config = { ...tiny, datasets: ["aime2024"] };
  const none = { cache: "no/such/folder" };
  await assertRejects(() => jobExperiment(config, none), UsageError, "deno task datasets fetch aime2024");
  if (SHARED === undefined) return console.warn("NOT TRIED: SOFT_GRPO_BENCH_MIRROR names no folder of datasets");
  const { files, mirror } = await jobExperiment(config, { ...none, mirror: SHARED });
  const [path] = [...files.keys()];
  assertEquals([mirror, path.startsWith("datasets/")], ["datasets", true]);
  assertEquals(files.get(path), await Deno.readFile(`${SHARED}/${path.slice("datasets/".length)}`));
});

Deno.test("weights do not go along: nodes fetch a model, or have it at an absolute path", async () => {
  const of = async (model: string) => (await jobExperiment({ ...tiny, model })).fetchedModel;
  assertEquals([await of("/mnt/model"), await of("org/name@main")], [undefined, "org/name@main"]);
  await assertRejects(() => of("../models/own"), UsageError, "expected its absolute path on the nodes");
});
