import { assertEquals, assertStringIncludes } from "@std/assert";
import { run } from "../../src/commands/power.ts";
import { exampleResult } from "../result/example.ts";
import { captured, inFolder } from "./captured.ts";
import { writeResult } from "../../src/result/store.ts";

Deno.test("power plans from one result or two, as text or JSON", () =>
  inFolder(async (folder) => {
    const { path } = writeResult(folder, exampleResult());
    const text = await captured(() => run({ positionals: [path], flags: { detect: 4 } }));
    assertEquals(text.code, 0);
    assertStringIncludes(text.stdout, "to see 4 points");
    const json = await captured(() => run({ positionals: [path, path], flags: { json: true, power: 0.9 } }));
    assertEquals(JSON.parse(json.stdout).arms.map(({ dataset }: { dataset: string }) => dataset), [
      "arith-add",
      "arith-sub",
      null,
    ]);
  }));
