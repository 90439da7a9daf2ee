import { assert, assertEquals } from "@std/assert";
import Ajv2020 from "ajv/dist/2020.js";
import { readJson } from "../../src/result/store.ts";
import { RESULT, resultJsonSchema } from "../../src/result/schema.ts";
import { exampleResult } from "./example.ts";

const agrees = new Ajv2020.default().compile(resultJsonSchema());

/** Values that a fault may put anywhere. */
const WRONG: readonly unknown[] = [null, "", "x", -1, 0.5, 1e9, true, [], {}];

/** Every place of a JSON tree, as paths. */
function places(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  const own = path.length === 0 ? [] : [path];
  if (typeof value !== "object" || value === null) return own;
  const keys = Array.isArray(value) ? [...value.keys()].slice(0, 2) : Object.keys(value);
  return [...own, ...keys.flatMap((key) => places((value as Record<string | number, unknown>)[key], [...path, key]))];
}

/** Calls with one value of a tree replaced, or taken away where it is undefined, then puts it back. */
function withChange(tree: unknown, path: readonly (string | number)[], value: unknown, call: () => void): void {
  // deno-lint-ignore no-explicit-any -- any place of any JSON
  const parent = path.slice(0, -1).reduce((node, key) => node[key], tree as any);
  const key = path.at(-1)!;
  const [was, before] = [key in parent, parent[key]];
  if (value === undefined) delete parent[key];
  else parent[key] = value;
  call();
  if (was) parent[key] = before;
  else delete parent[key];
}

Deno.test("the schema accepts and refuses what ajv does by the published one, for every single wrong value", () => {
  const result = JSON.parse(JSON.stringify(exampleResult()));
  assert(agrees(result), JSON.stringify(agrees.errors));
  const sameVerdict = (path: (string | number)[], value: unknown) =>
    withChange(result, path, value, () => {
      const place = `${path.join(".")} = ${JSON.stringify(value)}`;
      assertEquals(RESULT.safeParse(result).success, agrees(result), place);
    });
  for (const path of places(result)) {
    for (const wrong of WRONG) sameVerdict(path, wrong);
    if (typeof path.at(-1) === "string") sameVerdict(path, undefined);
  }
  for (const path of [["arm"], ["datasets", 0], ["datasets", 0, "problems", 0], ["run"], ["training", "curve", 0]]) {
    sameVerdict([...path, "odd"], "x");
  }
});

Deno.test("both accept every committed result", () => {
  for (const { name } of Deno.readDirSync("results/v2")) {
    const value = readJson(`results/v2/${name}`);
    assert(agrees(value), `${name}: ${JSON.stringify(agrees.errors)}`);
    assert(RESULT.safeParse(value).success, name);
  }
});
