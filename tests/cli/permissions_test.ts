import { assert, assertEquals, assertThrows } from "@std/assert";
import { permissionFlags } from "../../src/cli/permissions.ts";
import { BenchError } from "../../src/errors.ts";
import { BELOW, HERE, requestOf } from "./here.ts";

function flagsOf(line: string, here = HERE): string[] {
  const { command, args } = requestOf(line.split(" "), here);
  return permissionFlags(command, args);
}

/** Paths that a command line may write. */
function writes(line: string, here = HERE): string[] {
  const flag = flagsOf(line, here).find((each) => each.startsWith("--allow-write"));
  return flag?.slice("--allow-write=".length).replaceAll("./", "").split(",") ?? [];
}

const allows = (line: string, kind: string) => flagsOf(line).some((flag) => flag.startsWith(`--allow-${kind}`));

Deno.test("native code only where the command line that runs asks for it", () => {
  for (
    const line of [
      "bench --native",
      "bench --native blas",
      "bench --native=c --limit 4",
      "bench --backend tensorflow",
      "model models/tiny --text 1 --backend tensorflow",
    ]
  ) assert(allows(line, "ffi"), line);
  for (
    const line of [
      "bench",
      "bench --backend webgpu --limit 4",
      "bench --backend=tensorflow --backend=cpu-engine",
      "bench --backend tensorflow --backend cpu-engine",
      "bench --runs a=--native",
    ]
  ) assert(!allows(line, "ffi"), line);
});

Deno.test("programs run without any permission of ours, and in python3 only where the command line asks for it", () => {
  const run = (line: string) => flagsOf(line).find((flag) => flag.startsWith("--allow-run"));
  assertEquals([run("bench"), run("bench --executor python")], ["--allow-run=git", "--allow-run=git,python3"]);
  assertEquals([run("grade --input a --executor pyodide"), run("grade --input a --executor python")], [
    undefined,
    "--allow-run=python3",
  ]);
  // What the other set allows stays.
  assert(flagsOf("bench --native --executor python").includes("--allow-ffi"));
});

Deno.test("PyTorch's own interpreter may run where it is asked for, or where an experiment asks for a GPU", () => {
  const run = (line: string) => flagsOf(line).find((flag) => flag.startsWith("--allow-run"));
  const torch = "--allow-run=git,./.cache/torch/bin/python";
  assertEquals(run("bench --backend torch"), torch);
  assertEquals([run("bench paper_1_5b"), run("evaluate paper_7b --dry-run")], [torch, torch]);
  assertEquals([run("bench paper_1_5b --backend cpu-engine"), run("bench tiny")], [
    "--allow-run=git",
    "--allow-run=git",
  ]);
  // The setup writes what it must not run, but for the Python that the user names.
  assertEquals(run("setup:torch --python /opt/bin/python"), `--allow-run=python3,${Deno.execPath()},/opt/bin/python`);
});

Deno.test("TensorFlow may load its own build alone", () => {
  assert(flagsOf("bench --backend webgpu --backend tensorflow").includes("--allow-ffi=./.cache/tensorflow"));
});

Deno.test("scoring, comparing, grading and reporting have no network, no native code and no subprocess", () => {
  for (const line of ["score a", "compare a b", "power a", "grade --input a", "report", "leaderboard"]) {
    for (const kind of ["net", "ffi", "run", "sys"]) assert(!allows(line, kind), `${line}: ${kind}`);
  }
  for (const line of ["compare a b", "power a", "grade --input a", "model models/tiny --text 1"]) {
    assertEquals(writes(line), []);
  }
});

Deno.test("the view reads runs and the code, writes nothing, and answers this machine alone", () => {
  const read = (line: string) => flagsOf(line).find((flag) => flag.startsWith("--allow-read"))!.split(/[=,]/).slice(1);
  assertEquals(read("view").map((path) => path.replace(/^\/.*\/(?=(src|deno\.json)$)/, "CODE/")), [
    "CODE/src",
    "CODE/deno.json",
    "./runs",
  ]);
  assertEquals(read("view --runs /r").at(-1), "/r");
  assert(!read("view --runs /r").includes("./runs"));
  assertEquals(writes("view"), []);
  assert(flagsOf("view").includes("--allow-net=127.0.0.1"));
  for (const kind of ["ffi", "run", "sys"]) assert(!allows("view", kind), kind);
});

/** Where commands note which results they have checked. */
const CHECKED = ".cache/checked-results";

Deno.test("a path that the user gives takes the place of the set's own", () => {
  assertEquals(writes("bench"), ["runs", "results"]);
  assertEquals(writes("bench --results /a"), ["runs", "/a"]);
  assertEquals(writes("bench --results /a --runs b/"), ["/a", "b"]);
  assertEquals(writes("bench --native"), ["runs", "results", ".cache"]);
  assertEquals(writes("datasets fetch --cache /c"), ["/c"]);
  assertEquals(writes("pretrain --output /m"), [".data", "/m", "/m.saving", "/m.replaced"]);
  assertEquals(writes("leaderboard"), ["results", CHECKED, "README.md", "README.md.tmp"]);
  assertEquals(writes("leaderboard --readme /tmp/R"), ["results", CHECKED, "/tmp/R", "/tmp/R.tmp"]);
  assertEquals(writes("leaderboard --export lm-eval /out"), ["results", CHECKED, "README.md", "README.md.tmp", "/out"]);
});

Deno.test("a file may be written where it is to be, with the folder that is not there yet", () => {
  assertEquals(writes("report --output -"), ["results", CHECKED]);
  assertEquals(writes("report --output /no-such-folder/p.html"), [
    CHECKED,
    "/no-such-folder/p.html",
    "/no-such-folder/p.html.tmp",
    "/no-such-folder",
  ]);
});

Deno.test("a tracker's folder may be written, its name is no path", () => {
  assertEquals(writes("bench --track tensorboard /tb"), ["runs", "results", "/tb"]);
  assertEquals(writes("train --track trackio mine --track wandb-offline /w", BELOW), [
    "runs",
    "results",
    "results/v1/mine",
    "/w",
  ]);
});

Deno.test("paths count from where they were typed", () => {
  assertEquals(writes("bench --results mine", BELOW), ["runs", "results/v1/mine"]);
});

Deno.test("a mirror's host is reached by those that have network", () => {
  const net = (line: string) => flagsOf(line).find((flag) => flag.startsWith("--allow-net"))?.split(",").at(-1);
  assertEquals(net("datasets fetch --mirror http://127.0.0.1:80/x"), "127.0.0.1");
  assertEquals(net("datasets fetch --mirror http://example.org:8080/x"), "example.org:8080");
  assertEquals(net("bench --mirror http://example.org/x"), undefined);
});

Deno.test("what a permission cannot name is refused", () => {
  assertThrows(() => flagsOf("bench --results a,b"), BenchError, "a comma");
  assertThrows(() => flagsOf("bench --results /"), BenchError, "below it");
});

Deno.test("nothing is asked of the user while it runs", () =>
  assertEquals(flagsOf("grade --input a")[0], "--no-prompt"));
