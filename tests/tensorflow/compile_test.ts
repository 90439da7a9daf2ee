import { assertEquals, assertRejects } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { bindingSources, compileAddon, compileArguments, findCompiler } from "../../src/tensorflow/compile.ts";
import type { RunProgram } from "../../src/tensorflow/programs.ts";

const sources = ["/npm/binding/a.cc", "/npm/binding/b.cc"];

Deno.test("libraries of the build's folder are linked by their place in it and found relative to the addon", () => {
  const tensorflow = { include: "/b/tensorflow/include", libraries: ["tensorflow/x.so.2", "tensorflow/y.so.2"] };
  assertEquals(compileArguments({ folder: "/b", tensorflow, sources, headers: "/h" }), [
    ...["-std=c++17", "-O2", "-shared", "-fPIC", "-DNAPI_VERSION=8", "-I/h", "-I/b/tensorflow/include"],
    ...sources,
    ...["/b/tensorflow/x.so.2", "/b/tensorflow/y.so.2", "-Wl,-rpath,$ORIGIN/tensorflow"],
    ...["-o", "/b/tfjs_binding.node"],
  ]);
});

Deno.test("libraries that are used in place are found by their absolute path", () => {
  const tensorflow = { include: "/site/tensorflow/include", libraries: ["/site/tensorflow/x.so.2"] };
  const args = compileArguments({ folder: "/b", tensorflow, sources, headers: "/h" });
  assertEquals(args.slice(-4), [
    "/site/tensorflow/x.so.2",
    "-Wl,-rpath,/site/tensorflow",
    "-o",
    "/b/tfjs_binding.node",
  ]);
});

Deno.test("the C++ sources in the npm cache are the pinned ones", async () => {
  const names = (await bindingSources()).map((path) => path.split("/").at(-1));
  assertEquals(names, ["tfjs_backend.cc", "tfjs_binding.cc"]);
});

Deno.test("the first compiler that answers is taken; none is an error that says what to install", async () => {
  const onlyGcc: RunProgram = (program) =>
    Promise.resolve(program === "g++" ? { code: 0, stdout: "g++ (X) 13.2\nmore\n", stderr: "" } : undefined);
  assertEquals(await findCompiler(onlyGcc), { program: "g++", version: "g++ (X) 13.2" });
  const none: RunProgram = () => Promise.resolve(undefined);
  await assertRejects(
    () => compileAddon({ folder: "/b", tensorflow: { include: "", libraries: [] }, run: none }),
    BenchError,
    "found none of c++, g++; install a C++17 compiler",
  );
});

Deno.test("a compiler's first error is what the message shows", async () => {
  const failing: RunProgram = (_, args) =>
    Promise.resolve(
      args[0] === "--version"
        ? { code: 0, stdout: "c++ 1\n", stderr: "" }
        : { code: 1, stdout: "", stderr: "note: x\na.cc:7: error: no type\n1 error generated.\n" },
    );
  await assertRejects(
    () => compileAddon({ folder: "/b", tensorflow: { include: "", libraries: [] }, run: failing }),
    BenchError,
    "Cannot compile the TensorFlow addon: c++ ended with 1: a.cc:7: error: no type; ",
  );
});
