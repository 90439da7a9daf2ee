import { assertRejects } from "@std/assert";
import { BenchError } from "../../../src/errors.ts";
import { Sandbox } from "../../../src/execution/sandbox/sandbox.ts";

/** The smallest module: magic number and version. */
const EMPTY_MODULE = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));

Deno.test("an interpreter that does not start is an error, not a hang", async () => {
  const files = { script: "throw new Error('no interpreter')", module: EMPTY_MODULE, library: new Uint8Array(0) };
  await assertRejects(
    () => Sandbox.start(files, 64),
    BenchError,
    "Cannot start CPython in WebAssembly: no interpreter",
  );
});

Deno.test("the worker has no permission", async () => {
  const script = `var _createPyodideModule = async () => globalThis.Deno.readTextFileSync("deno.json");`;
  await assertRejects(
    () => Sandbox.start({ script, module: EMPTY_MODULE, library: new Uint8Array(0) }, 64),
    BenchError,
    "Requires read access",
  );
});
