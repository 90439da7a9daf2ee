/**
 * TensorBoard: an event file a run, `DIR/EXPERIMENT/RUN-ID/events.out.tfevents.…`, as TensorFlow writes them: TFRecords
 * (length, its checksum, data, its checksum), each of them an `Event` message of tensorflow/core/util/event.proto.
 *
 * @module
 */
import { BinaryWriter, WireType } from "npm:@bufbuild/protobuf@2.17.0/wire";
import { concat } from "npm:deno-std@1.4.0/bytes/concat.js";
import crc32c from "npm:crc-32@1.2.2/crc32c.js";
import { AppendFile } from "./append_file.ts";
import type { LoggedStep, Tracker } from "./tracker.ts";

/** What the first event of every file says. */
const FILE_VERSION = "brain.Event:2";
/** Digits of the id that tell runs of one name apart. */
const ID_DIGITS = 8;

/** Fields of the messages, by number. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 } as const;
const SUMMARY = { value: 1 } as const;
const VALUE = { tag: 1, simpleValue: 2 } as const;

/** Begins a run's event file. */
export const track: Tracker = (folder, run, earlier) => {
  const { project, name, id, time } = run;
  const path = `${folder}/${project}/${name}-${id.slice(0, ID_DIGITS)}/events.out.tfevents.${id}`;
  const beginning = [versionEvent(time), ...earlier.map((step) => stepEvent(step, time))].map(tfRecord);
  const file = new AppendFile(path, concat(beginning));
  return {
    log: (step, time) => file.append(tfRecord(stepEvent(step, time))),
    // A file of events has no end.
    finish: () => {},
    [Symbol.dispose]: () => file[Symbol.dispose](),
  };
};

function versionEvent(time: string): Uint8Array {
  return eventAt(time).tag(EVENT.fileVersion, WireType.LengthDelimited).string(FILE_VERSION).finish();
}

function stepEvent({ step, figures }: LoggedStep, time: string): Uint8Array {
  const event = eventAt(time).tag(EVENT.step, WireType.Varint).int64(step)
    .tag(EVENT.summary, WireType.LengthDelimited).fork();
  for (const [tag, value] of Object.entries(figures)) {
    event.tag(SUMMARY.value, WireType.LengthDelimited).fork()
      .tag(VALUE.tag, WireType.LengthDelimited).string(tag)
      .tag(VALUE.simpleValue, WireType.Bit32).float(value)
      .join();
  }
  return event.join().finish();
}

function eventAt(time: string): BinaryWriter {
  return new BinaryWriter().tag(EVENT.wallTime, WireType.Bit64).double(Date.parse(time) / 1000);
}

const LENGTH_BYTES = 8, CHECKSUM_BYTES = 4;

/** Data between its length and checksums. */
function tfRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(LENGTH_BYTES + CHECKSUM_BYTES + data.length + CHECKSUM_BYTES);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(LENGTH_BYTES, maskedCrc(record.subarray(0, LENGTH_BYTES)), true);
  record.set(data, LENGTH_BYTES + CHECKSUM_BYTES);
  view.setUint32(record.length - CHECKSUM_BYTES, maskedCrc(data), true);
  return record;
}

const MASK_DELTA = 0xa282ead8;

/** TFRecord's checksum: CRC-32C, turned and shifted so that checksums of checksums differ. */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c.buf(bytes) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
}
