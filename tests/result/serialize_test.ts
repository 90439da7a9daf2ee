import { assertEquals, assertNotEquals } from "@std/assert";
import { contentSha256, formatJson, serializeResult } from "../../src/result/serialize.ts";
import type { Result } from "../../src/result/types.ts";
import { exampleResult } from "./example.ts";
import type { JsonObject } from "../../src/files/json.ts";

/** The same value with every object's keys in reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([key, child]) => [key, reversed(child)]));
}

Deno.test("equal results have equal bytes, however their keys were put in", () => {
  const result = exampleResult();
  assertEquals(serializeResult(reversed(result) as Result), serializeResult(result));
  assertEquals(contentSha256(reversed(result) as Result), contentSha256(result));
  assertEquals(JSON.parse(serializeResult(result)), result);
});

Deno.test("the content's hash leaves out run and nothing else", () => {
  const result = exampleResult();
  assertEquals(contentSha256({ ...result, run: { ...result.run, host: "other" } }), contentSha256(result));
  assertNotEquals(
    contentSha256({ ...result, overlap: { ...result.overlap, trainingProblems: 7 } }),
    contentSha256(result),
  );
});

Deno.test("problems and steps take a line each, short values stay on one line", () => {
  const lines = serializeResult(exampleResult()).split("\n");
  assertEquals(lines.filter((line) => line.includes('"id":')).length, 8);
  assertEquals(lines.filter((line) => line.includes('"step":')).length, 3);
  assertEquals(lines[0], "{");
  assertEquals(lines.at(-1), "");
  assertEquals(formatJson({ a: [1, 2], b: {} } as JsonObject), '{"a":[1,2],"b":{}}');
  assertEquals(formatJson({ rows: [[1]], text: "x".repeat(200) }).split("\n")[1], '  "rows": [');
});
