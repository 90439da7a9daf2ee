/**
 * The task `test:soak`: long work in one process, training and then sampling, while what that process holds is read from
 * outside. Exit 1 where memory or open files grow.
 *
 * @module
 */
import { denoArguments } from "../../src/cli/launch.ts";
import { readCommandLine } from "../../src/cli/command_line.ts";
import { ROOT } from "../end_to_end/command_line.ts";
import { ALL_SAMPLES, STEPS } from "./experiment.ts";
import { growth, type Reading } from "./growth.ts";

const EXPERIMENT = "tests/soak/experiment.ts";
const EVERY_MS = 1000;
/** Lines of a printed series. */
const SHOWN = 24;

if (Deno.build.os !== "linux") {
  console.log("NOT TRIED: only Linux tells from outside what a process holds (/proc)");
  Deno.exit(0);
}
const folder = Deno.makeTempDirSync({ prefix: "soak-" });
const places = ["--runs", `${folder}/runs`];
/** The two kinds of long work, each in a process of its own. */
const WORK: Readonly<Record<string, readonly [what: string, argv: readonly string[]]>> = {
  training: [`${STEPS} training steps`, ["train", EXPERIMENT, ...places]],
  sampling: [`${ALL_SAMPLES} samples`, ["evaluate", EXPERIMENT, "--json", ...places, "--results", `${folder}/results`]],
};
const unknown = Deno.args.find((name) => !(name in WORK));
if (unknown !== undefined) {
  console.error(`Cannot soak ${JSON.stringify(unknown)}: deno task test:soak [${Object.keys(WORK).join("|")}]`);
  Deno.exit(2);
}
const findings: string[] = [];
for (const [name, [what, argv]] of Object.entries(WORK)) {
  if (Deno.args.length > 0 && !Deno.args.includes(name)) continue;
  const finding = await watched(what, argv);
  if (finding !== undefined) findings.push(finding);
}
Deno.removeSync(folder, { recursive: true });
for (const finding of findings) console.log(`FOUND: ${finding}`);
Deno.exit(findings.length === 0 ? 0 : 1);

/** Runs a command to its end under its own permissions, prints what it held, and says what grew. */
async function watched(name: string, argv: readonly string[]): Promise<string | undefined> {
  const request = readCommandLine(argv);
  if ("text" in request) throw new Error(`${argv.join(" ")} asks for a text alone`);
  const started = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: collected(denoArguments(request, argv, ["SIGTERM"])),
    cwd: ROOT,
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const series: Reading[] = [];
  const timer = setInterval(() => {
    const held = reading(child.pid);
    if (held !== undefined) series.push({ seconds: (performance.now() - started) / 1000, ...held });
  }, EVERY_MS);
  const { code } = await child.status;
  clearInterval(timer);
  console.log(`\n${name}\n${seriesText(series)}`);
  if (code !== 0) return `${name}: the command failed with exit code ${code}`;
  const grown = growth(series);
  console.log(grown ?? "nothing grew from the second to the last quarter");
  return grown && `${name}: ${grown}`;
}

/** The same words, by which garbage is collected every second. */
function collected([run, ...words]: readonly string[]): string[] {
  const program = words.map((word) => word.replace(/src\/cli\/main\.ts$/, "tests/soak/collected.ts"));
  return [run, "--v8-flags=--expose-gc", ...program];
}

/** What a process holds now; undefined where it has just ended. */
function reading(pid: number): Omit<Reading, "seconds"> | undefined {
  try {
    const [, kibibytes] = /^VmRSS:\s*(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`)) ?? [];
    if (kibibytes === undefined) return undefined;
    return { memory: Number(kibibytes) * 1024, descriptors: [...Deno.readDirSync(`/proc/${pid}/fd`)].length };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** A few readings at even distances. */
function seriesText(series: readonly Reading[]): string {
  const step = Math.max(1, Math.ceil(series.length / SHOWN));
  const rows = series.filter((_, i) => i % step === 0 || i === series.length - 1).map((
    { seconds, memory, descriptors },
  ) => `| ${seconds.toFixed(0)} | ${(memory / 2 ** 20).toFixed(0)} | ${descriptors} |`);
  return ["| seconds | resident MiB | open descriptors |", "| --: | --: | --: |", ...rows].join("\n");
}
