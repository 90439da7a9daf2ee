import { assert, assertEquals } from "@std/assert";
import { bench } from "../../src/experiment/bench.ts";
import { PROGRESS_FILE } from "../../src/experiment/progress_file.ts";
import { sha256 } from "../../src/files/hash.ts";
import mini from "../fixtures/mini.ts";

const FEW = { arms: ["soft-thinking-grpo"], datasets: ["arith-add"], seeds: [1], limit: 2, steps: 2, samples: 3 };

/** Runs the arm, or goes on with it; the notes of that. */
async function notesOf(runsFolder: string): Promise<string[]> {
  const run = bench({ ...mini, passAt: [1], majorityAt: [] }, { ...FEW, runsFolder });
  const notes: string[] = [];
  for await (const event of run) if (event.kind === "note") notes.push(event.text);
  assertEquals((await run).failures, []);
  return notes.filter((note) => note.includes(runsFolder));
}

/** The hash of every file below a folder, by path; of all but the one that tells of now. */
function filesOf(folder: string, prefix = ""): Map<string, string> {
  return new Map(
    [...Deno.readDirSync(`${folder}/${prefix}`)].filter(({ name }) => name !== PROGRESS_FILE).flatMap((
      { name, isDirectory },
    ) =>
      isDirectory
        ? [...filesOf(folder, `${prefix}${name}/`)]
        : [[prefix + name, sha256(Deno.readFileSync(`${folder}/${prefix}${name}`))]]
    ),
  );
}

Deno.test("of a finished arm whatever was damaged is made again, with a note, and nothing else is", async () => {
  const runs = Deno.makeTempDirSync();
  assertEquals(await notesOf(runs), []);
  const whole = filesOf(runs);
  assertEquals(await notesOf(runs), []);
  assertEquals(filesOf(runs), whole);
  for (const part of ["/results/", "/samples/", "/metrics/", "/step-2/model.safetensors"]) {
    const path = [...whole.keys()].find((name) => name.includes(part) && !name.endsWith(".sha256"));
    assert(path !== undefined, part);
    const bytes = Deno.readFileSync(`${runs}/${path}`);
    bytes[Math.floor(bytes.length / 2)] ^= 1;
    Deno.writeFileSync(`${runs}/${path}`, bytes);
    const notes = await notesOf(runs);
    assert(notes[0]?.includes(part.slice(0, part.lastIndexOf("/"))), `${part}: ${notes.join("; ")}`);
    const mended = filesOf(runs);
    assertEquals([...mended.keys()].sort(), [...whole.keys()].sort());
    for (const [name, content] of whole) {
      // A result that is made again tells when.
      if (!(part === "/results/" && name.includes(part))) {
        assert(mended.get(name) === content, `${part}: ${name} differs`);
      } else whole.set(name, mended.get(name)!);
    }
  }
});
