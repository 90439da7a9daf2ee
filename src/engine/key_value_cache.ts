/**
 * The keys and values of a decoder: one cache per prompt, shared by its sequences, and one per sequence for what it writes.
 * Layer by layer; kernels/cached_attention.c describes the layout of a cache.
 *
 * @module
 */
import { cacheCapacity } from "./cached_forward.ts";
import type { ModelConfig } from "../models/model_config.ts";
import type { Host } from "./host.ts";
import { type Block, FLOAT_BYTES } from "./memory.ts";

/** Floats of one layer's keys and values of so many positions. */
export function cacheFloats({ keyValueHeads, headSize }: ModelConfig, positions: number, keyBlock: number): number {
  return 2 * keyValueHeads * headSize * cacheCapacity(positions, keyBlock);
}

/** Blocks of one decoder. Addresses and bytes. */
export class KeyValueCache {
  /** (B), each prompt's place from a layer's start. */
  readonly prefixOffsets: Float64Array;
  readonly prefixLayerBytes: number;
  readonly ownCapacity: number;
  readonly ownLayerBytes: number;
  readonly #host: Host;
  readonly #prefix: Block;
  readonly #own: Block;

  /**
   * @param promptLengths (B)
   * @param sequences number of sequences
   * @param maxNewPositions most positions that a sequence writes
   */
  constructor(host: Host, promptLengths: Int32Array, sequences: number, maxNewPositions: number) {
    const { config, memory } = host;
    const keyBlock = host.kernels.keyBlock();
    const floats = (positions: number) => cacheFloats(config, positions, keyBlock);
    this.#host = host;
    this.prefixOffsets = new Float64Array(promptLengths.length);
    let prefixFloats = 0;
    promptLengths.forEach((length, prompt) => {
      this.prefixOffsets[prompt] = prefixFloats * FLOAT_BYTES;
      prefixFloats += floats(length);
    });
    const ownFloats = sequences * floats(maxNewPositions);
    this.prefixLayerBytes = prefixFloats * FLOAT_BYTES;
    this.ownCapacity = cacheCapacity(maxNewPositions, keyBlock);
    this.ownLayerBytes = ownFloats * FLOAT_BYTES;
    // Not cleared: what kernels read behind the last position they throw away.
    this.#prefix = memory.allocate(config.layers * prefixFloats);
    this.#own = memory.allocate(config.layers * ownFloats);
  }

  /** Layer 0's caches. */
  get prefix(): number {
    return this.#prefix.address;
  }

  get own(): number {
    return this.#own.address;
  }

  free(): void {
    this.#host.memory.free(this.#prefix);
    this.#host.memory.free(this.#own);
  }
}
