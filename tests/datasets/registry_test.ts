import { assert, assertEquals, assertRejects } from "@std/assert";
import { BenchError, UsageError } from "../../src/errors.ts";
import { ERRATA_SUFFIX } from "../../src/datasets/errata.ts";
import { PUBLISHED_HOSTS } from "../../src/datasets/published_dataset.ts";
import {
  datasetNames,
  loadDataset,
  loadDatasets,
  loadTrainingSource,
  PUBLISHED_DATASETS,
} from "../../src/datasets/registry.ts";
import { MIRROR } from "./mirror.ts";

Deno.test("a generated family loads by name, the same every time", async () => {
  const { name, version, problems, sha256 } = await loadDataset("arith-prod3");
  assertEquals([name, version, problems.length], ["arith-prod3", "1", 200]);
  assertEquals((await loadDataset("arith-prod3")).sha256, sha256);
});

Deno.test("an unknown name is a usage error that names the nearest", async () => {
  await assertRejects(
    () => loadDataset("aime2042"),
    UsageError,
    'Unknown dataset "aime2042", did you mean "aime2024"?',
  );
  await assertRejects(
    () => loadDataset("arith-mul"),
    UsageError,
    'Unknown dataset "arith-mul", did you mean "arith-sub"?',
  );
  // MATH-500 and GSM8K have no errata, so they have no such view.
  await assertRejects(() => loadDataset("math500+errata1"), UsageError, 'did you mean "math500"?');
  await assertRejects(() => loadTrainingSource("arithmetics", { seed: 1 }), UsageError, 'did you mean "arithmetic"?');
});

Deno.test("what was not fetched says which command fetches it", async () => {
  await assertRejects(
    () => loadDataset("aime2024", { cache: "no-such-folder" }),
    BenchError,
    "Cannot load aime2024: found no file of it in no-such-folder\nrun: deno task datasets fetch aime2024",
  );
});

Deno.test("of several datasets all absent ones are named at once, unless something else is wrong", async () => {
  const cache = "no-such-folder";
  assertEquals((await loadDatasets(["arith-sub", "arith-add"])).map(({ name }) => name), ["arith-sub", "arith-add"]);
  await assertRejects(
    () => loadDatasets(["aime2024", "arith-add", "gsm8k"], { cache }),
    BenchError,
    "Cannot load aime2024, gsm8k: found no file of them in no-such-folder\nrun: deno task datasets fetch aime2024 gsm8k",
  );
  await assertRejects(() => loadDatasets(["aime2024", "gsm9k"], { cache }), UsageError, 'Unknown dataset "gsm9k"');
});

Deno.test("a path is a dataset of one's own, for evaluation and for training", async () => {
  const folder = Deno.makeTempDirSync();
  Deno.writeTextFileSync(`${folder}/mine.jsonl`, '{"id":"a","question":"1+1","answer":"2"}\n');
  assertEquals((await loadDataset(`${folder}/mine.jsonl`)).name, "mine");
  const source = await loadTrainingSource(`${folder}/mine.jsonl`, { seed: 1 });
  assertEquals(source.problems(3, 2).map(({ id }) => id), ["a", "a"]);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("nothing but mathematics is trained on", async () => {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/code.jsonl`;
  Deno.writeTextFileSync(path, '{"id":"a","question":"q","answer":"assert f()","kind":"python-tests"}\n');
  await assertRejects(
    () => loadTrainingSource(path, { seed: 1 }),
    UsageError,
    "problems are of kind python-tests, expected mathematics; name it among the datasets to score a model on it",
  );
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("what is out of domain says what kind it is, and is fetched by name alone", () => {
  const others = PUBLISHED_DATASETS.filter(({ kind }) => kind !== undefined);
  assertEquals(others.map(({ name, kind, use }) => [name, kind, use]), [
    ["gpqa-diamond", "multiple-choice", "out-of-domain"],
    ["humaneval", "python-function", "out-of-domain"],
    ["mbpp", "python-tests", "out-of-domain"],
  ]);
});

Deno.test("the training source of one family draws from it alone, `arithmetic` from all", async () => {
  const families = async (name: string) => {
    const problems = (await loadTrainingSource(name, { seed: 1 })).problems(0, 10);
    return new Set(problems.map(({ id }) => id.split("/")[0])).size;
  };
  assertEquals([await families("arith-sub"), await families("arithmetic")], [1, 5]);
});

Deno.test("every address names a full commit on a host that fetching may reach, and names are unique", () => {
  const urls = PUBLISHED_DATASETS.flatMap(({ files }) => files.flatMap(({ urls }) => urls));
  for (const url of urls) {
    assert(PUBLISHED_HOSTS.includes(new URL(url).host), url);
    assert(/\/[0-9a-f]{40}\//.test(url), url);
  }
  assertEquals(new Set(urls).size, urls.length);
  assertEquals(new Set(datasetNames()).size, datasetNames().length);
});

Deno.test({
  name: "the view with errata has its own name, version and hash",
  ignore: MIRROR === undefined,
  fn: async () => {
    for (const name of ["aime2024", "aime2025", "amc23"]) {
      const options = { cache: "no-such-folder", mirror: MIRROR! };
      const published = await loadDataset(name, options);
      const corrected = await loadDataset(name + ERRATA_SUFFIX, options);
      assertEquals(corrected.version, published.version + ERRATA_SUFFIX);
      assertEquals(corrected.problems.map(({ id }) => id), published.problems.map(({ id }) => id));
      assert(corrected.sha256 !== published.sha256);
    }
  },
});
