import { assert, assertEquals } from "@std/assert";
import { crc32 } from "node:zlib";
import { track } from "../../../src/exports/trackers/wandb_offline.ts";
import { filesBelow, GOLDEN, LOGGED_RUN, logRun } from "./logged.ts";

const BLOCK = 32_768;

/** The records of a file, read as https://github.com/google/leveldb/blob/main/doc/log_format.md says. */
function records(bytes: Uint8Array): string[] {
  assertEquals(new TextDecoder().decode(bytes.subarray(0, 4)), ":W&B");
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  assertEquals([view.getUint16(4, true), bytes[6]], [0xbee1, 0]);
  const found: string[] = [];
  let open: string | undefined;
  for (let at = 7; at < bytes.length;) {
    const left = BLOCK - at % BLOCK;
    if (left < 7) {
      assert(bytes.subarray(at, at + left).every((byte) => byte === 0), "padding");
      at += left;
      continue;
    }
    const [length, kind] = [view.getUint16(at + 4, true), bytes[at + 6]];
    assert(7 + length <= left, "a chunk crosses a block");
    assertEquals(view.getUint32(at, true), crc32(bytes.subarray(at + 6, at + 7 + length)));
    const begins = kind === 1 || kind === 2;
    assertEquals(open === undefined, begins, `kind ${kind} at ${at}`);
    open = (open ?? "") + bytes.subarray(at + 7, at + 7 + length).toHex();
    if (kind === 1 || kind === 4) {
      found.push(open);
      open = undefined;
    }
    at += 7 + length;
  }
  assertEquals(open, undefined);
  return found;
}

Deno.test("an offline run has the records that wandb's own messages give, in the folder that it had before", async () => {
  const folder = await Deno.makeTempDir();
  const earlier = `${folder}/wandb/offline-run-20251231_235959-ab`;
  Deno.mkdirSync(earlier, { recursive: true });
  logRun(track, folder);
  assertEquals(filesBelow(folder), ["wandb/offline-run-20251231_235959-ab/run-ab.wandb"]);
  assertEquals(records(Deno.readFileSync(`${earlier}/run-ab.wandb`)), GOLDEN.wandb);
  const other = await Deno.makeTempDir();
  logRun(track, other);
  assertEquals(filesBelow(other), ["wandb/offline-run-20260101_000000-ab/run-ab.wandb"]);
});

Deno.test("no chunk crosses the end of a block, wherever records end", async () => {
  const folder = await Deno.makeTempDir();
  // Figures of growing length: records end at every distance from the end of a block, some longer than a block.
  const figures = (length: number) => ({ ["x".repeat(length)]: 1 });
  for (let distance = 0; distance <= 17; distance++) {
    const lengths = [BLOCK - 100 + distance, 3, 2 * BLOCK + 11, 5, 7];
    {
      using log = track(folder, LOGGED_RUN, []);
      lengths.forEach((length, i) => log.log({ step: i + 1, figures: figures(length) }, LOGGED_RUN.time));
    }
    const found = records(Deno.readFileSync(`${folder}/${filesBelow(folder)[0]}`));
    assertEquals(found.length, 1 + lengths.length);
    lengths.forEach((length, i) => assert(found[i + 1].includes("78".repeat(length)), `${distance}: ${length}`));
  }
});
