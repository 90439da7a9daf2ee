/** Checkpoints of every kind by native products: the quick tests compute them in WebAssembly. */
import { createEngine } from "../../src/engine/engine.ts";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { checkKind, KINDS, withKind } from "../backend/checkpoint_kinds.ts";
import { findPrebuilt } from "../../src/engine/native/find_prebuilt.ts";

const found = await findPrebuilt();
if (!("native" in found)) console.warn(`SKIPPED: checkpoints of every kind by native products: ${found.reason}`);

Deno.test({
  name: "checkpoints of every kind by native products: logits and gradients of transformers",
  ignore: !("native" in found),
  async fn() {
    for (const kind of KINDS.filter(({ logits }) => logits !== undefined)) {
      await withKind(kind, async (folder) => {
        const { config, weights } = await loadCheckpoint(folder);
        const engine = await createEngine(config, weights, { workers: 1, products: "c" });
        await checkKind(engine, kind);
        await engine.dispose();
      });
    }
  },
});
