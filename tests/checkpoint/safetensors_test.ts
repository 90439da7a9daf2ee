import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { fileSha256 } from "../../src/files/hash.ts";
import type { HostTensor } from "../../src/models/language_model.ts";
import {
  readSafetensorsHeader,
  readStoredTensor,
  writeSafetensors,
  writeSafetensorsMeanwhile,
} from "../../src/checkpoint/safetensors.ts";

function withFile(use: (path: string) => void): void {
  const path = Deno.makeTempFileSync();
  try {
    use(path);
  } finally {
    Deno.removeSync(path);
  }
}

/** A file with this header text, and so many bytes of data. */
function fileBytes(header: string, data: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const TENSORS: ReadonlyMap<string, HostTensor> = new Map([
  ["a", { shape: [2, 3], data: Float32Array.of(1, -2, 0.5, 3, 0, 7) }],
  ["b", { shape: [5], data: Float32Array.of(0.25, -0.125, 64, 1, 1) }],
]);
const SHAPES = new Map([...TENSORS].map(([name, { shape }]) => [name, shape]));

Deno.test("what is written in F32 or BF16 is read again, tensor by tensor", () => {
  for (const type of ["F32", "BF16"] as const) {
    withFile((path) => {
      writeSafetensors(path, TENSORS, SHAPES, type);
      const header = readSafetensorsHeader(path);
      assertEquals([...header.keys()], ["a", "b"]);
      // Exact in BF16 too: no value has more than eight significant bits.
      for (const [name, tensor] of TENSORS) assertEquals(readStoredTensor(path, name, header.get(name)!), tensor);
    });
  }
});

Deno.test("what is written while other work goes on has the same bytes, and the same errors", async () => {
  const [path, meanwhile] = [Deno.makeTempFileSync(), Deno.makeTempFileSync()];
  // More than one piece of 4 MiB, the last of them not whole.
  const data = Float32Array.from({ length: 2_500_003 }, (_, i) => i % 251);
  const tensors = new Map<string, HostTensor>([...TENSORS, ["large", { shape: [2_500_003], data }]]);
  const shapes = new Map([...tensors].map(([name, { shape }]) => [name, shape]));
  for (const type of ["F32", "BF16"] as const) {
    writeSafetensors(path, tensors, shapes, type);
    let turns = 0;
    const counter = setInterval(() => turns++, 0);
    await writeSafetensorsMeanwhile(meanwhile, tensors, shapes, type);
    clearInterval(counter);
    assertEquals(await fileSha256(meanwhile), await fileSha256(path));
    assert(turns > 0);
  }
  await assertRejects(() => writeSafetensorsMeanwhile(path, new Map(), SHAPES, "F32"), BenchError, "has no elements");
  await assertRejects(
    () => writeSafetensorsMeanwhile(Deno.makeTempDirSync(), TENSORS, SHAPES, "F32"),
    BenchError,
    "move that folder away",
  );
  Deno.removeSync(path);
  Deno.removeSync(meanwhile);
});

Deno.test("numbers start at a multiple of eight bytes and transformers' metadata is there", () => {
  withFile((path) => {
    writeSafetensors(path, TENSORS, SHAPES, "BF16");
    const bytes = Deno.readFileSync(path);
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    assertEquals(length % 8, 0);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    assertEquals(header.__metadata__, { format: "pt" });
    assertEquals(header.b, { dtype: "BF16", shape: [5], data_offsets: [12, 22] });
  });
});

Deno.test("a tensor larger than one piece is widened whole", () => {
  withFile((path) => {
    const data = Float32Array.from({ length: (2 << 20) + 7 }, (_, i) => i % 251);
    const shape = [data.length];
    writeSafetensors(path, new Map([["long", { shape, data }]]), new Map([["long", shape]]), "BF16");
    assertEquals(readStoredTensor(path, "long", readSafetensorsHeader(path).get("long")!).data, data);
  });
});

Deno.test("every way in which a file can be wrong is its own error", () => {
  const entry = '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
  const wrong: [Uint8Array, string][] = [
    [new Uint8Array(5), "it has 5 bytes"],
    [new Uint8Array(64).fill(0xff), "claims a header"],
    [fileBytes(entry, new Uint8Array(8)).subarray(0, 30), "it is truncated: 30 bytes found, its header alone ends at"],
    [fileBytes(entry, new Uint8Array(7)), "it is truncated"],
    [
      fileBytes(
        '{"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}',
        new Uint8Array(12),
      ),
      'tensors "a" and "b" take the same bytes',
    ],
    [fileBytes("[1,2]", new Uint8Array(0)), "its header is not a JSON object"],
    [fileBytes("{", new Uint8Array(0)), "its header is not a JSON object"],
    [fileBytes('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', new Uint8Array(8)), "needs 8 bytes"],
    [fileBytes('{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}', new Uint8Array(8)), "no valid shape"],
    [fileBytes('{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}', new Uint8Array(8)), "dtype I64"],
    [fileBytes('{"a":null}', new Uint8Array(8)), "no valid shape"],
  ];
  for (const [bytes, message] of wrong) {
    withFile((path) => {
      Deno.writeFileSync(path, bytes);
      const error = assertThrows(() => readSafetensorsHeader(path), BenchError, message);
      assert(error.message.includes(path));
    });
  }
  assertThrows(() => readSafetensorsHeader("tests/absent.safetensors"), BenchError, "there is no such file");
});

Deno.test("a NaN is refused on reading and on writing, with its place", () => {
  withFile((path) => {
    const data = new Uint8Array(Float32Array.of(1, NaN).buffer);
    Deno.writeFileSync(path, fileBytes('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', data));
    const stored = readSafetensorsHeader(path).get("a")!;
    assertThrows(() => readStoredTensor(path, "a", stored), BenchError, 'tensor "a" holds NaN at index 1');
    const tensor = { shape: [1], data: Float32Array.of(Infinity) };
    assertThrows(
      () => writeSafetensors(path, new Map([["a", tensor]]), new Map([["a", [1]]]), "F32"),
      BenchError,
      "training diverged",
    );
  });
});

Deno.test("a tensor that is missing or has another size is not written", () => {
  withFile((path) => {
    assertThrows(() => writeSafetensors(path, new Map(), SHAPES, "F32"), BenchError, 'tensor "a" has no elements');
    assertThrows(() => writeSafetensors(path, TENSORS, new Map([["a", [7]]]), "F32"), BenchError, "has 6 elements");
  });
});
