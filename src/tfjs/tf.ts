/**
 * tfjs-core, the only door to it.
 *
 * @module
 */
export * from "npm:@tensorflow/tfjs-core@4.22.0";
