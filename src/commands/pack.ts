/**
 * `pack`, the npm package: the files that `publish` of deno.json names, as they are, with a command and the Deno that runs it.
 *
 * `deno pack` makes a library of JavaScript: it leaves out deno.json with its permission sets, loosens the pinned versions,
 * knows no command, and turns only what exports reach into JavaScript, which no worker is.
 *
 * @module
 */
import { dirname } from "node:path";
import denoConfig from "../../deno.json" with { type: "json" };
import type { PackArguments } from "./descriptions/maintenance.ts";
import { CODE_FOLDER } from "./places.ts";
import { BenchError } from "../errors.ts";

const NAME = "soft-grpo-bench";
/** The version that the tests run under. */
const DENO = "2.9.6";
const COMMAND = "command.js";
const WORKSHOP = ".cache/npm";

/** The package's package.json. */
export function packageJson(): Record<string, unknown> {
  const { version, license } = denoConfig;
  return {
    name: NAME,
    version,
    license,
    description: "Trains discrete GRPO and two soft-thinking GRPOs from the same base, and scores them with error bars",
    type: "module",
    bin: { [NAME]: COMMAND },
    dependencies: { deno: DENO },
  };
}

/** Committed files that are published, by path. */
export async function publishedFiles(): Promise<string[]> {
  const { include, exclude } = denoConfig.publish;
  const listed = await output("git", ["ls-files", "-z", "--", ...include, ...exclude.map((path) => `:!${path}`)]);
  return listed.split("\0").filter((path) => path !== "");
}

/** The command `pack`. */
export async function run({ flags }: PackArguments): Promise<number> {
  const { output: tarball = `.cache/${NAME}-${denoConfig.version}.tgz` } = flags;
  const folder = `${WORKSHOP}/package`;
  await Deno.remove(WORKSHOP, { recursive: true }).catch(() => {});
  for (const path of await publishedFiles()) {
    // Beside a package.json, deno.lock would have to know its dependencies.
    const place = `${folder}/program/${path}`;
    await Deno.mkdir(dirname(place), { recursive: true });
    await Deno.copyFile(`${CODE_FOLDER}/${path}`, place);
  }
  for (const path of ["README.md", "LICENSE"]) await Deno.copyFile(`${CODE_FOLDER}/${path}`, `${folder}/${path}`);
  await Deno.copyFile(`${CODE_FOLDER}/src/cli/npm_command.js`, `${folder}/${COMMAND}`);
  await Deno.writeTextFile(`${folder}/package.json`, JSON.stringify(packageJson(), null, 2) + "\n");
  await output("tar", ["-czf", tarball, "-C", WORKSHOP, "package"]);
  await Deno.remove(WORKSHOP, { recursive: true });
  console.log(tarball);
  return 0;
}

async function output(program: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args] }).output();
  if (!success) throw new BenchError(`Cannot pack: ${program} says ${new TextDecoder().decode(stderr).trim()}`);
  return new TextDecoder().decode(stdout);
}
