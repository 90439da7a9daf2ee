// Everything the workers call.

export { maddResidue } from "./simd";
export { product, scratchFloats, setScratch } from "./matrix_product";
export { transpose } from "./transpose";
export { rmsNorm, rmsNormBackward } from "./rms_norm";
export { rope } from "./rope";
export { geglu, gegluBackward, gegluTanh, gegluTanhBackward, swiglu, swigluBackward } from "./gated";
export {
  addBias, addColumnSums, copyRows, embed, embedBackward, fillZero, gatherRows, scatterAddRows,
} from "./rows";
export { attention, attentionBackward, attentionBlockRows } from "./attention";
export { cachedAttention, keyBlock, storeKeysValues } from "./cached_attention";
export { adamw, sumShards } from "./adamw";
export {
  addDivergenceSlope, addEntropySlope, addMassSlope, addMixtureSlope, divergenceFrom, entropySums, exponentialSum,
  gumbelArgmax, meanEmbedding, quantileIds, scanLogits, topLogits,
} from "./readings";
