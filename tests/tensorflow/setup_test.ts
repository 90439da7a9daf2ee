import { dirname } from "node:path";
import { assertEquals, assertRejects } from "@std/assert";
import { BenchError, UsageError } from "../../src/errors.ts";
import { ADDON, readBuild } from "../../src/tensorflow/build.ts";
import type { RunProgram } from "../../src/tensorflow/programs.ts";
import { removeTensorflow, type SetupOptions, setupTensorflow } from "../../src/tensorflow/setup.ts";

/** An installed TensorFlow of no content, an empty place for the build, and programs that only pretend. */
async function stage(): Promise<
  { options: SetupOptions & { folder: string }; asked: string[]; check: { code: number }; end: () => Promise<void> }
> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  const from = `${root}/site-packages`;
  await Deno.mkdir(`${from}/tensorflow`, { recursive: true });
  for (const name of ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"]) {
    await Deno.writeTextFile(`${from}/tensorflow/${name}`, name);
  }
  const asked: string[] = [];
  const check = { code: 0 };
  const run: RunProgram = async (program, args) => {
    if (args[0] === "--version") return { code: 0, stdout: "c++ 1\n", stderr: "" };
    asked.push(program);
    if (program === "c++") await Deno.writeTextFile(args.at(-1)!, "addon");
    return {
      code: program === Deno.execPath() ? check.code : 0,
      stdout: `noise\n{"tensorflow":"2.17.0","usesGpu":false}\n`,
      stderr: "",
    };
  };
  return {
    options: { device: "cpu", from, folder: `${root}/cache/tensorflow`, run, platform: "linux-x86_64" },
    asked,
    check,
    end: () => Deno.remove(root, { recursive: true }),
  };
}

Deno.test("a build is made once, recorded as what it is, and remade when it is damaged", async () => {
  const { options, asked, end } = await stage();
  const first = await setupTensorflow(options);
  assertEquals([first.made, first.build.source, first.build.tensorflow], [true, "installed", "2.17.0"]);
  assertEquals(asked, ["c++", Deno.execPath()]);
  assertEquals(await setupTensorflow(options), { build: first.build, made: false });
  assertEquals(asked.length, 2);
  await Deno.writeTextFile(`${options.folder}/${ADDON}`, "other");
  assertEquals((await setupTensorflow(options)).made, true);
  assertEquals(asked.length, 4);
  await end();
});

Deno.test("asked for nothing in particular, a build that is there stays, wherever its TensorFlow came from", async () => {
  const { options, asked, end } = await stage();
  const { build } = await setupTensorflow(options);
  assertEquals(await setupTensorflow({ ...options, from: undefined }), { build, made: false });
  assertEquals(asked.length, 2);
  await end();
});

Deno.test("TensorFlow's own archive has nothing for CUDA", async () => {
  const { options, end } = await stage();
  const asking = { ...options, from: undefined, device: "cuda", source: "official" } as const;
  await assertRejects(() => setupTensorflow(asking), UsageError, "it is for the CPU");
  await end();
});

Deno.test("another device asks for another build", async () => {
  const { options, end } = await stage();
  await setupTensorflow(options);
  const { build, made } = await setupTensorflow({ ...options, device: "cuda" });
  assertEquals([build.device, made], ["cuda", true]);
  await end();
});

Deno.test("an addon that does not compute is no build, and the one before it stays", async () => {
  const { options, check, end } = await stage();
  const { build } = await setupTensorflow(options);
  check.code = 132;
  await assertRejects(
    () => setupTensorflow({ ...options, device: "cuda" }),
    BenchError,
    "Cannot compute with the TensorFlow addon: deno ended with 132",
  );
  assertEquals(await readBuild(options.folder), build);
  await end();
});

Deno.test("undo removes the build and what an interrupted setup left", async () => {
  const { options, check, end } = await stage();
  await setupTensorflow(options);
  check.code = 1;
  await assertRejects(() => setupTensorflow({ ...options, device: "cuda" }), BenchError);
  assertEquals(await removeTensorflow(options.folder), true);
  assertEquals(await Array.fromAsync(Deno.readDir(dirname(options.folder))), []);
  assertEquals(await removeTensorflow(options.folder), false);
  await end();
});

Deno.test("a machine that the pinned binaries are not for is told what else it can do", async () => {
  const { options, end } = await stage();
  await assertRejects(
    () => setupTensorflow({ ...options, from: undefined, platform: "darwin-aarch64" }),
    BenchError,
    "Cannot set up TensorFlow on darwin-aarch64: the pinned binaries are for linux-x86_64",
  );
  await end();
});

Deno.test("a path that is no folder is wrong usage, even where a build is there already", async () => {
  const { options, end } = await stage();
  await setupTensorflow(options);
  await assertRejects(() => setupTensorflow({ ...options, from: "/nowhere" }), UsageError, "found no folder there");
  await end();
});

Deno.test({
  name: "where TensorFlow's own archive cannot be had the wheel is next; asked for by name, it is the error",
  permissions: { net: false, read: true, write: true },
  fn: async () => {
    const { options, end } = await stage();
    const notes: string[] = [];
    const offline: RunProgram = () => Promise.resolve(undefined);
    const asking = { ...options, from: undefined, run: offline, note: (text: string) => void notes.push(text) };
    await assertRejects(() => setupTensorflow(asking), BenchError, "found no program python3");
    assertEquals(notes.some((note) => /^Cannot download https:.*; the wheel comes next$/.test(note)), true);
    await assertRejects(
      () => setupTensorflow({ ...asking, source: "official" }),
      BenchError,
      "Cannot download https://",
    );
    // No card of today runs the archive's CUDA 11.2.
    notes.length = 0;
    await assertRejects(() => setupTensorflow({ ...asking, device: "cuda" }), BenchError, "found no program python3");
    assertEquals(notes.some((note) => note.includes("the wheel comes next")), false);
    await end();
  },
});
