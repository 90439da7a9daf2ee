import { assertEquals, assertRejects } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { cachedName, checkedProblems, mirrorCandidates, readCached } from "../../src/datasets/cache.ts";
import { sha256 } from "../../src/files/hash.ts";
import { rowsSha256 } from "../../src/datasets/problem.ts";
import type { PublishedDataset } from "../../src/datasets/published_dataset.ts";
import { jsonLines } from "../../src/datasets/rows.ts";
import { utf8 } from "./loopback.ts";

const bytes = utf8('{"q":"1+1","a":"2"}\n{"q":"2+3","a":"5"}\n');
const problems = [{ id: "made-up/0000", question: "1+1", answer: "2" }, {
  id: "made-up/0001",
  question: "2+3",
  answer: "5",
}];
const entry: PublishedDataset = {
  name: "made-up",
  use: "training",
  version: "1",
  rows: 2,
  rowsSha256: rowsSha256(problems),
  licence: "none",
  files: [{
    urls: ["https://example.org/a%2Bb/train.jsonl"],
    pin: { sha256: sha256(bytes) },
    read: jsonLines(({ q, a }) => ({ question: q, answer: a })),
  }],
  errata: [],
};

Deno.test("rows count only when file, number and rows are the pinned ones", async () => {
  const [file] = entry.files;
  assertEquals(await checkedProblems(entry, bytes, file), problems);
  const fails = (dataset: PublishedDataset, of: Uint8Array, message: string) =>
    assertRejects(() => checkedProblems(dataset, of, dataset.files[0]), BenchError, message);
  await fails(entry, utf8("{}"), "expected " + sha256(bytes));
  await fails({ ...entry, rows: 3 }, bytes, "found 2 rows, expected 3");
  await fails({ ...entry, rowsSha256: "ab" }, bytes, `found rows of sha256 ${rowsSha256(problems)}, expected ab`);
});

Deno.test("a damaged cache is told with what to do, and an empty one has nothing", async () => {
  const cache = Deno.makeTempDirSync();
  assertEquals(await readCached(entry, cache), undefined);
  const path = `${cache}/${cachedName(entry, entry.files[0])}`;
  Deno.mkdirSync(`${cache}/made-up`);
  Deno.writeFileSync(path, bytes);
  assertEquals(await readCached(entry, cache), { problems, path, fileSha256: sha256(bytes) });
  Deno.writeFileSync(path, bytes.slice(1));
  await assertRejects(
    () => readCached(entry, cache),
    BenchError,
    `Cannot use ${path}: found sha256 ${sha256(bytes.slice(1))}, expected ${
      sha256(bytes)
    }; delete it and run: deno task datasets fetch made-up`,
  );
  Deno.removeSync(cache, { recursive: true });
});

Deno.test("normalised rows need a pinned hash: without it only the published file counts", () => {
  const paths = (dataset: PublishedDataset) => mirrorCandidates(dataset).map(({ path }) => path);
  const cached = `made-up/${sha256(bytes).slice(0, 12)}-train.jsonl`;
  assertEquals(paths(entry), [cached, "made-up/made-up.jsonl", "made-up.jsonl", "made-up/train.jsonl", "train.jsonl"]);
  const { rowsSha256: _, ...unread } = entry;
  assertEquals(paths(unread), [cached, "made-up/train.jsonl", "train.jsonl"]);
});
