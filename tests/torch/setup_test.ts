/** The setup with programs that are made up: nothing is installed. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import type { ProgramOutput, RunProgram } from "../../src/tensorflow/programs.ts";
import { removeTorch, setupTorch } from "../../src/torch/setup.ts";

const VERSIONS = { python: "3.11.7", torch: "2.15.0", transformers: "5.23.0", peft: "0.21.2" };
const DESCRIPTION = { ...VERSIONS, cuda: null, devices: [], threads: 2 };
const OK: ProgramOutput = { code: 0, stdout: "", stderr: "" };

/** Programs that make an environment's folder, and what they were asked. */
function programs(check: unknown = { description: DESCRIPTION }): { run: RunProgram; asked: string[][] } {
  const asked: string[][] = [];
  const run: RunProgram = async (program, args) => {
    asked.push([program, ...args]);
    if (args.includes("venv")) {
      const part = args.at(-1)!;
      await Deno.mkdir(`${part}/bin`, { recursive: true });
      await Deno.mkdir(`${part}/own`);
      await Deno.writeTextFile(`${part}/bin/python`, "");
    }
    if (program === Deno.execPath()) return { ...OK, stdout: JSON.stringify(check) + "\n" };
    if (args.some((text) => text.includes("sys.path"))) return { ...OK, stdout: '["/theirs/site-packages"]' };
    if (args.some((text) => text.includes("purelib"))) return { ...OK, stdout: `${asked[0].at(-1)}/own\n` };
    return OK;
  };
  return { run, asked };
}

Deno.test("setupTorch() installs pinned packages, CPU builds from PyTorch's own index, and finds them the next time", async () => {
  const folder = `${await Deno.makeTempDir()}/torch`;
  const { run, asked } = programs();
  const first = await setupTorch({ build: "cpu", folder, run, system: "linux" });
  assertEquals([first.made, first.description], [true, DESCRIPTION]);
  const pip = asked.find((words) => words.includes("pip"))!;
  assert(pip.includes("torch==2.15.0+cpu") && pip.includes("transformers==5.23.0"), pip.join(" "));
  assert(pip.includes("https://download.pytorch.org/whl/cpu"));
  assertEquals((await setupTorch({ build: "cpu", folder, run })).made, false);
  assert(await removeTorch(folder));
  assert(!await removeTorch(folder));
});

for (const [build, system] of [["cuda", "linux"], ["cpu", "darwin"]] as const) {
  Deno.test(`setupTorch() takes the ${build} build for ${system} from pip's own index`, async () => {
    const { run, asked } = programs();
    await setupTorch({ build, folder: `${await Deno.makeTempDir()}/torch`, run, system });
    const pip = asked.find((words) => words.includes("pip"))!;
    assert(pip.includes("torch==2.15.0") && !pip.includes("--extra-index-url"), pip.join(" "));
  });
}

Deno.test("setupTorch() says where else PyTorch is, if its own index cannot be reached", async () => {
  const folder = `${await Deno.makeTempDir()}/torch`;
  const { run } = programs();
  const offline: RunProgram = (program, args) =>
    args.includes("pip")
      ? Promise.resolve({ code: 1, stdout: "", stderr: "ERROR: No matching distribution found for torch==2.15.0+cpu" })
      : run(program, args);
  const error = await assertRejects(
    () => setupTorch({ build: "cpu", folder, run: offline, system: "linux" }),
    BenchError,
  );
  assertEquals(
    error.message,
    "Cannot install PyTorch: python3 ended with 1: ERROR: No matching distribution found for torch==2.15.0+cpu; " +
      "see the network and pip's settings, or name a Python that has it: deno task setup:torch --python PATH, or take " +
      "PyPI's build (about 3 GB), which computes on CPUs too: deno task setup:torch --cuda",
  );
});

Deno.test("setupTorch() of a named Python looks into its packages and installs nothing", async () => {
  const folder = `${await Deno.makeTempDir()}/torch`;
  const { run, asked } = programs();
  await setupTorch({ build: "cuda", python: "/theirs/bin/python", folder, run });
  assert(asked.every((words) => !words.includes("pip")));
  assertEquals(await Deno.readTextFile(`${folder}/own/soft_grpo_bench.pth`), "/theirs/site-packages\n");
});

Deno.test("setupTorch() keeps what worked where the new one does not, and names the Python", async () => {
  const folder = `${await Deno.makeTempDir()}/torch`;
  await Deno.mkdir(`${folder}/bin`, { recursive: true });
  const { run } = programs({ error: `Cannot use the backend torch: found torch 1.0; ${folder}.part/bin/python` });
  const error = await assertRejects(
    () => setupTorch({ build: "cpu", python: "/theirs/bin/python", folder, run }),
    BenchError,
  );
  assertEquals(error.message, "Cannot use the backend torch: found torch 1.0; /theirs/bin/python");
  assert((await Deno.stat(folder)).isDirectory);
});
