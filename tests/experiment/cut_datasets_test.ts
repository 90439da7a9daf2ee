import { assertEquals, assertRejects } from "@std/assert";
import { datasetIdentity, loadCutDatasets } from "../../src/experiment/cut_datasets.ts";

Deno.test("a dataset is cut to the lesser of two limits, and remembers how long it is whole", async () => {
  const [dataset] = await loadCutDatasets({ datasets: ["arith-add"], problemsPerDataset: 7, limit: 3 }, {});
  assertEquals([dataset.problems.length, dataset.of], [3, 200]);
  assertEquals(datasetIdentity(dataset).problems, 3);
});

Deno.test("two datasets of one name are refused", async () => {
  const wrong = { datasets: ["arith-add", "arith-add"] };
  await assertRejects(() => loadCutDatasets(wrong, {}), Error, "both are called");
});
