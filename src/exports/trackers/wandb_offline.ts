/**
 * Weights & Biases: an offline run, `DIR/wandb/offline-run-TIME-ID/run-ID.wandb`, that `wandb sync` uploads. The file is a
 * LevelDB log of `Record` messages (wandb/proto/wandb_internal.proto) behind a header of W&B's own.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import { BinaryWriter, WireType } from "npm:@bufbuild/protobuf@2.17.0/wire";
import { concat } from "npm:deno-std@1.4.0/bytes/concat.js";
import { isFolder } from "../../files/read.ts";
import { AppendFile } from "./append_file.ts";
import type { LoggedStep, TrackedRun, Tracker } from "./tracker.ts";

/** `:W&B`, 0xbee1, version 0. */
const FILE_HEADER = new Uint8Array([0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0]);

/** Fields of the messages, by number. */
const RECORD = { num: 1, history: 2, summary: 3, run: 17, exit: 18 } as const;
const RUN = { id: 1, project: 3, config: 4, displayName: 8, startTime: 17 } as const;
const TIMESTAMP = { seconds: 1 } as const;
/** Of a history, a summary and a configuration alike. */
const ITEMS = { item: 1, step: 2 } as const;
const ITEM = { key: 1, valueJson: 16 } as const;
const STEP = { num: 1 } as const;
const EXIT = { code: 1 } as const;

/** Begins a run's file, in the folder that it had before where there is one. */
export const track: Tracker = (folder, run, earlier) => {
  const path = `${runFolder(`${folder}/wandb`, run)}/run-${run.id}.wandb`;
  const records = new RecordLog();
  const began = [
    records.add((record) => writeRun(record, run)),
    ...earlier.map((step) => records.add(history(step, run.time))),
  ];
  const file = new AppendFile(path, concat([FILE_HEADER, ...began]));
  // What the run came to, the last of each figure.
  const summary: Record<string, number> = Object.assign({}, ...earlier.map(({ figures }) => figures));
  return {
    log(step, time) {
      Object.assign(summary, step.figures);
      file.append(records.add(history(step, time)));
    },
    finish(outcome) {
      file.append(records.add((record) => {
        record.tag(RECORD.summary, WireType.LengthDelimited).fork();
        writeItems(record, summary);
        record.join();
      }));
      file.append(records.add((record) => {
        record.tag(RECORD.exit, WireType.LengthDelimited).fork();
        if (outcome === "failed") record.tag(EXIT.code, WireType.Varint).int32(1);
        record.join();
      }));
    },
    [Symbol.dispose]: () => file[Symbol.dispose](),
  };
};

/** `offline-run-20260131_235959-ID`, or the folder of that id that is there. */
function runFolder(folder: string, { id, time }: TrackedRun): string {
  const names = isFolder(folder) ? [...Deno.readDirSync(folder)].map(({ name }) => name) : [];
  const digits = time.replace(/\D/g, "").slice(0, "YYYYMMDDHHMMSS".length);
  const name = names.find((name) => name.startsWith("offline-run-") && name.endsWith(`-${id}`)) ??
    `offline-run-${digits.slice(0, 8)}_${digits.slice(8)}-${id}`;
  return `${folder}/${name}`;
}

function writeRun(record: BinaryWriter, { id, project, name, config, time }: TrackedRun): void {
  record.tag(RECORD.run, WireType.LengthDelimited).fork()
    .tag(RUN.id, WireType.LengthDelimited).string(id)
    .tag(RUN.project, WireType.LengthDelimited).string(project)
    .tag(RUN.config, WireType.LengthDelimited).fork();
  writeItems(record, config);
  record.join()
    .tag(RUN.displayName, WireType.LengthDelimited).string(name)
    .tag(RUN.startTime, WireType.LengthDelimited).fork()
    .tag(TIMESTAMP.seconds, WireType.Varint).int64(Math.floor(Date.parse(time) / 1000))
    .join().join();
}

function history({ step, figures }: LoggedStep, time: string): (record: BinaryWriter) => void {
  return (record) => {
    record.tag(RECORD.history, WireType.LengthDelimited).fork();
    writeItems(record, { ...figures, _step: step, _timestamp: Date.parse(time) / 1000 });
    record.tag(ITEMS.step, WireType.LengthDelimited).fork().tag(STEP.num, WireType.Varint).int64(step).join().join();
  };
}

function writeItems(message: BinaryWriter, items: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(items)) {
    message.tag(ITEMS.item, WireType.LengthDelimited).fork()
      .tag(ITEM.key, WireType.LengthDelimited).string(key)
      .tag(ITEM.valueJson, WireType.LengthDelimited).string(JSON.stringify(value))
      .join();
  }
}

const BLOCK_BYTES = 32_768;
/** Checksum, length, kind. */
const CHUNK_HEADER_BYTES = 7;
const CHUNK = { full: 1, first: 2, middle: 3, last: 4 } as const;

/** Numbers records and cuts them into the chunks of a LevelDB log, none of which crosses the end of a block. */
class RecordLog {
  #count = 0;
  #position = FILE_HEADER.length;

  /** @returns the bytes of the record that follow those of the ones before */
  add(write: (record: BinaryWriter) => void): Uint8Array {
    const record = new BinaryWriter().tag(RECORD.num, WireType.Varint).int64(++this.#count);
    write(record);
    return concat(this.#chunks(record.finish()));
  }

  #chunks(data: Uint8Array): Uint8Array[] {
    const chunks: Uint8Array[] = [];
    const push = (bytes: Uint8Array) => {
      chunks.push(bytes);
      this.#position += bytes.length;
    };
    const left = () => BLOCK_BYTES - this.#position % BLOCK_BYTES;
    // No header fits there.
    if (left() < CHUNK_HEADER_BYTES) push(new Uint8Array(left()));
    for (let from = 0, to = 0; to < data.length; from = to) {
      // A header that just fits begins an empty chunk.
      to = Math.min(data.length, from + left() - CHUNK_HEADER_BYTES);
      const ends = to === data.length;
      const kind = from === 0 && chunks.every(isPadding)
        ? (ends ? CHUNK.full : CHUNK.first)
        : ends
        ? CHUNK.last
        : CHUNK.middle;
      push(chunk(kind, data.subarray(from, to)));
    }
    return chunks;
  }
}

function isPadding({ length }: Uint8Array): boolean {
  return length < CHUNK_HEADER_BYTES;
}

function chunk(kind: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(CHUNK_HEADER_BYTES + data.length);
  bytes[CHUNK_HEADER_BYTES - 1] = kind;
  bytes.set(data, CHUNK_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, crc32(bytes.subarray(CHUNK_HEADER_BYTES - 1)), true);
  view.setUint16(4, data.length, true);
  return bytes;
}
