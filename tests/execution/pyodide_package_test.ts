import { assert, assertEquals } from "@std/assert";
import denoConfig from "../../deno.json" with { type: "json" };
import { PYODIDE_VERSION, readPyodidePackage } from "../../src/execution/pyodide_package.ts";

Deno.test("the pinned Pyodide is read whole", async () => {
  assertEquals(denoConfig.imports.pyodide, `npm:pyodide@${PYODIDE_VERSION}`);
  const { script, module, library } = await readPyodidePackage();
  assert(script.includes("_createPyodideModule"));
  assert(WebAssembly.Module.exports(module).some(({ name }) => name === "PyRun_StringFlags"));
  assertEquals(new TextDecoder().decode(library.subarray(0, 2)), "PK", "a zip archive");
});
