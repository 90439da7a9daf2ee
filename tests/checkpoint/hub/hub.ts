/** A model of three small files as the hub serves it. */
import { createHash } from "node:crypto";
import { type ServedFile, utf8 } from "../../datasets/loopback.ts";

export const MODEL = "org/small-model";
export const COMMIT = "00112233445566778899aabbccddeeff00112233";

/** Contents by name; the repository holds a picture and PyTorch weights too, which nobody needs. */
export const FILES: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  "config.json": utf8('{"model_type":"qwen2"}\n'),
  "tokenizer.json": utf8("{}"),
  "model.safetensors": utf8("pretend these are 41 bytes of weights ..."),
};

export function gitBlob(bytes: Uint8Array): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/** `siblings` of the hub's answer: large files with LFS hashes, others with Git's. */
export function siblings(): Record<string, unknown>[] {
  const listed = Object.entries(FILES).map(([rfilename, bytes]) => ({
    rfilename,
    size: bytes.length,
    blobId: gitBlob(bytes),
    ...(rfilename.endsWith(".safetensors") && {
      lfs: { sha256: createHash("sha256").update(bytes).digest("hex"), size: bytes.length, pointerSize: 134 },
    }),
  }));
  return [...listed, { rfilename: "pytorch_model.bin", size: 3, blobId: "00" }, { rfilename: "images/a.png", size: 3 }];
}

/** What a server answers for the model, by path. */
export function served(revision = "main"): Record<string, ServedFile> {
  const answer = utf8(JSON.stringify({ sha: COMMIT, siblings: siblings() }));
  return {
    [`api/models/${MODEL}/revision/${revision}`]: { bytes: answer },
    ...Object.fromEntries(
      Object.entries(FILES).map(([name, bytes]) => [`${MODEL}/resolve/${COMMIT}/${name}`, { bytes }]),
    ),
  };
}
