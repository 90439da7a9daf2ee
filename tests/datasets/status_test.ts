import { assertEquals, assertStringIncludes } from "@std/assert";
import { cachedRowsName } from "../../src/datasets/cache.ts";
import { aime2024 } from "../../src/datasets/aime2024.ts";
import { GENERATED_TASKS } from "../../src/datasets/arithmetic/tasks.ts";
import { PUBLISHED_DATASETS } from "../../src/datasets/registry.ts";
import { checkDatasets, checkLeaks } from "../../src/datasets/status.ts";
import { MIRROR } from "./mirror.ts";

Deno.test("with an empty cache the generated sets are there and the others are missing", async () => {
  const checked = await checkDatasets([], { cache: "no-such-folder" });
  const states = checked.map(({ status }) => status.state);
  assertEquals(states.filter((state) => state === "generated").length, GENERATED_TASKS.length);
  assertEquals(states.filter((state) => state === "missing").length, PUBLISHED_DATASETS.length);
  const missing = checked.find(({ status }) => status.name === "aime2024")!;
  assertEquals([missing.status.problems, missing.status.source], [30, aime2024.files[0].urls[0]]);
  assertEquals(checkLeaks(checked), []);
});

Deno.test("a damaged file is broken, and says why", async () => {
  const cache = Deno.makeTempDirSync();
  Deno.mkdirSync(`${cache}/aime2024`);
  Deno.writeTextFileSync(`${cache}/${cachedRowsName(aime2024)}`, '{"question":"q","answer":"1"}\n');
  const [{ status, dataset }] = await checkDatasets(["aime2024"], { cache });
  assertEquals([status.state, dataset], ["broken", undefined]);
  assertStringIncludes(status.fault!, "found 1 rows, expected 30");
  Deno.removeSync(cache, { recursive: true });
});

Deno.test({
  name: "the real sets verify from a mirror folder, their damage is listed, and GSM8K's splits share no question",
  ignore: MIRROR === undefined,
  fn: async () => {
    const names = ["aime2024", "aime2025", "amc23", "math500", "gsm8k", "gsm8k_train"];
    const checked = await checkDatasets(names, { cache: "no-such-folder", mirror: MIRROR! });
    assertEquals(checked.map(({ status }) => status.state), names.map(() => "mirror"));
    // SOURCES of damage: a tab; two odd $, six form feeds in two rows and a tab; one odd $.
    assertEquals(checked.map(({ status }) => status.damaged.length), [1, 5, 1, 0, 0, 0]);
    const [{ name, report }] = checkLeaks(checked);
    assertEquals([name, report.trainingProblems], ["gsm8k_train", 7473]);
    assertEquals(report.leaks.filter(({ by }) => by !== "shingles"), []);
    // The same sentence with other numbers stands twice in the training split.
    assertEquals(report.leaks.map(({ evaluation }) => evaluation), ["gsm8k/0602", "gsm8k/0602"]);
  },
});
