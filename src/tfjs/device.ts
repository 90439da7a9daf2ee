/**
 * The only importer of tfjs backends: makes one ready by its name, and stands guard over it while it computes.
 *
 * @module
 */
import * as tf from "./tf.ts";
// For its side effect: the gradients of all ops, which tfjs-core by itself does not register, and the cpu backend.
import "npm:@tensorflow/tfjs@4.22.0";
import { BenchError } from "../errors.ts";
import type { Reproducibility } from "../models/language_model.ts";

/** tfjs backends by their command-line names. */
export type TfjsBackendName = "tfjs-cpu" | "webgpu" | "tensorflow";

/** A tfjs backend that works. */
export interface Device {
  readonly backend: TfjsBackendName;
  readonly reproducibility: Reproducibility;
  /** Facts for the result file: versions, driver, adapter. */
  readonly details: Readonly<Record<string, string>>;
  /** Makes this the backend of all tfjs ops from now on. */
  activate(): Promise<void>;
  /**
   * Refuses a tensor of 32-bit numbers that the backend cannot hold.
   *
   * @throws {BenchError} That names it, its size and the limit
   */
  requireFits(shape: readonly number[], what: string): void;
  /**
   * Copies a tensor to the host.
   *
   * @throws {BenchError} If the backend failed at anything since the last read
   */
  read(tensor: tf.Tensor): Promise<Float32Array>;
}

const BYTES = 4;

/**
 * Makes a backend ready, and proves it by a small computation.
 *
 * @throws {BenchError} That says what this machine lacks and how to fix it
 */
export async function openDevice(backend: TfjsBackendName): Promise<Device> {
  // Without it tfjs prints an advertisement at its first op.
  tf.env().set("PROD", true);
  const device = await OPENERS[backend]();
  await device.activate();
  await prove(device);
  return device;
}

/**
 * The backend for models that are too large for the CPU engine: native TensorFlow where it was set up, else WebGPU on a
 * real GPU; undefined where neither works. A software adapter is never chosen.
 */
export async function workingAccelerator(): Promise<{ backend: TfjsBackendName; reason: string } | undefined> {
  for (const backend of ["tensorflow", "webgpu"] as const) {
    try {
      const { details } = await openDevice(backend);
      if (details.softwareAdapter === "true") continue;
      return {
        backend,
        reason: `${backend} works here: ${Object.entries(details).map((fact) => fact.join(" ")).join(", ")}`,
      };
    } catch (error) {
      if (!(error instanceof BenchError || error instanceof Deno.errors.NotCapable)) throw error;
    }
  }
  return undefined;
}

const OPENERS: Readonly<Record<TfjsBackendName, () => Promise<Device>>> = {
  "tfjs-cpu": async () => guard("tfjs-cpu", "cpu", { reproducibility: "bitwise", details: {} }),
  webgpu: openWebgpu,
  tensorflow: async () => {
    const { loadTensorflow, TENSORFLOW_BACKEND } = await import("../tensorflow/load.ts");
    return guard("tensorflow", TENSORFLOW_BACKEND, { reproducibility: "same-shape", details: await loadTensorflow() });
  },
};

interface DeviceFacts {
  readonly reproducibility: Reproducibility;
  readonly details: Readonly<Record<string, string>>;
  readonly maxTensorBytes?: number;
  /** The first error that the backend did not throw, once there is one. */
  readonly failure?: () => string | undefined;
}

function guard(backend: TfjsBackendName, registered: string, facts: DeviceFacts): Device {
  const { maxTensorBytes = Infinity, failure = () => undefined } = facts;
  return {
    backend,
    reproducibility: facts.reproducibility,
    details: { tfjs: tf.version_core, ...facts.details },
    async activate() {
      if (tf.getBackend() !== registered) await tf.setBackend(registered);
    },
    requireFits(shape, what) {
      const bytes = shape.reduce((product, size) => product * size, BYTES);
      if (bytes <= maxTensorBytes) return;
      throw new BenchError(
        `Cannot compute ${what} on ${backend}: shape [${shape}] needs ${bytes} bytes, one buffer of this GPU holds ` +
          `${maxTensorBytes}; use a smaller model or shorter sequences, or another backend`,
      );
    },
    async read(tensor) {
      const values = await tensor.data();
      const message = failure();
      if (message !== undefined) throw new BenchError(`Cannot go on: ${backend} failed: ${message}`);
      return values as Float32Array;
    },
  };
}

async function openWebgpu(): Promise<Device> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) {
    throw new BenchError(
      "Cannot use the backend webgpu: there is no GPU adapter; install a Vulkan driver and loader " +
        "(Debian: libvulkan1 and the GPU's driver, or mesa-vulkan-drivers to compute on the CPU)",
    );
  }
  await import("npm:@tensorflow/tfjs-backend-webgpu@4.22.0");
  await tf.setBackend("webgpu");
  const { device } = tf.backend() as tf.KernelBackend & { device: GPUDevice };
  // WebGPU reports these nowhere else: the computation goes on with zeros or old numbers.
  let failure: string | undefined;
  device.addEventListener("uncapturederror", (event) => {
    event.preventDefault();
    failure ??= (event as GPUUncapturedErrorEvent).error.message.split("\n").map((line) => line.trim()).join(" ");
  });
  device.lost.then(({ reason, message }) => {
    failure ??= `the device was lost (${reason}): ${message}`;
  });
  const { vendor, architecture, device: model, description, isFallbackAdapter } = adapter.info;
  return guard("webgpu", "webgpu", {
    reproducibility: "same-shape",
    details: {
      adapter: description || [vendor, architecture, model].filter((text) => text !== "").join(" "),
      softwareAdapter: String(isFallbackAdapter || /llvmpipe|swiftshader|software/i.test(description)),
    },
    maxTensorBytes: Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize),
    failure: () => failure,
  });
}

/** 2·3 + 1 by the backend. */
async function prove(device: Device): Promise<void> {
  const result = tf.tidy(() => tf.add(tf.matMul([[2]], [[3]]), 1));
  const [value] = await device.read(result);
  result.dispose();
  if (value !== 7) throw new BenchError(`Cannot use the backend ${device.backend}: it says that 2*3 + 1 is ${value}`);
}
