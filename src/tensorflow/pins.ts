/**
 * What the native TensorFlow backend is made from: every version and hash, in this one place.
 *
 * The addon comes from the sources of npm's tfjs-node-gpu (its JavaScript is pinned by deno.lock). TensorFlow itself
 * comes from the wheels that Python users install, of which only the libraries and C headers are unpacked: the newest
 * binary that tfjs-node itself would fetch is TensorFlow 2.9.1, whose GPU build wants CUDA 11.2 and cuDNN 8.1
 * (tensorflow/tfjs, tfjs-node/scripts/deps-constants.js) and so knows no current card.
 *
 * @module
 */

/** Where TensorFlow computes. */
export type TensorflowDevice = "cpu" | "cuda";

/** A wheel, and which of its files are wanted. */
export interface WheelPin {
  readonly project: string;
  readonly version: string;
  readonly file: string;
  readonly sha256: string;
  /** Prefixes of the member names that are unpacked. */
  readonly members: readonly string[];
}

/** An archive of libraries and headers by address. */
export interface ArchivePin {
  readonly version: string;
  readonly url: string;
  readonly sha256: string;
}

/** The npm package whose kernels run and whose C++ sources are compiled; deno.json pins the same version. */
export const TFJS_NODE = {
  version: "4.22.0",
  /** Of the files of its `binding/` folder, joined in the order of their names. */
  bindingSha256: "c37c7f0de266f5415a296c4008faa5807b92788e00bc3ff2c69c84860747756e",
} as const;

const TENSORFLOW_VERSION = "2.21.0";

const TENSORFLOW_MEMBERS = [
  "tensorflow/libtensorflow_cc.so.2",
  "tensorflow/libtensorflow_framework.so.2",
  // The C interface and what its headers include.
  "tensorflow/include/tensorflow/c/",
  "tensorflow/include/tensorflow/core/platform/",
  "tensorflow/include/tsl/platform/",
  "tensorflow/include/xla/tsl/c/",
];

const TENSORFLOW_CPU: WheelPin = {
  project: "tensorflow-cpu",
  version: TENSORFLOW_VERSION,
  file: "tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl",
  sha256: "dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb",
  members: TENSORFLOW_MEMBERS,
};

const TENSORFLOW_CUDA: WheelPin = {
  project: "tensorflow",
  version: TENSORFLOW_VERSION,
  file: "tensorflow-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl",
  sha256: "b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0",
  members: TENSORFLOW_MEMBERS,
};

/** The wheels of `tensorflow[and-cuda]` 2.21.0; its libraries look for them in `../nvidia`, so nothing must be set. */
const CUDA_LIBRARIES: readonly WheelPin[] = [
  nvidia(
    "cublas",
    "12.9.3.13",
    "manylinux_2_27_x86_64",
    "d7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72",
  ),
  nvidia(
    "cuda_cupti",
    "12.9.79",
    "manylinux_2_25_x86_64",
    "096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f",
  ),
  {
    ...nvidia(
      "cuda_nvcc",
      "12.9.86",
      "manylinux2010_x86_64.manylinux_2_12_x86_64",
      "5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0",
    ),
    // ptxas and libdevice, for kernels that are compiled on the machine.
    members: ["nvidia/cuda_nvcc/bin/", "nvidia/cuda_nvcc/nvvm/"],
  },
  nvidia(
    "cuda_nvrtc",
    "12.9.86",
    "manylinux2010_x86_64.manylinux_2_12_x86_64",
    "210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4",
  ),
  nvidia(
    "cuda_runtime",
    "12.9.79",
    "manylinux2014_x86_64.manylinux_2_17_x86_64",
    "25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3",
  ),
  nvidia(
    "cudnn",
    "9.28.0.42",
    "manylinux_2_27_x86_64",
    "9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375",
  ),
  nvidia(
    "cufft",
    "11.4.1.4",
    "manylinux2014_x86_64.manylinux_2_17_x86_64",
    "c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28",
  ),
  nvidia(
    "curand",
    "10.3.10.19",
    "manylinux_2_27_x86_64",
    "49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e",
  ),
  nvidia(
    "cusolver",
    "11.7.5.82",
    "manylinux_2_27_x86_64",
    "15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88",
  ),
  nvidia(
    "cusparse",
    "12.5.10.65",
    "manylinux2014_x86_64.manylinux_2_17_x86_64",
    "73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78",
  ),
  nvidia("nccl", "2.32.3", "manylinux_2_27_x86_64", "bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c"),
  nvidia(
    "nvjitlink",
    "12.9.86",
    "manylinux2010_x86_64.manylinux_2_12_x86_64",
    "e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9",
  ),
];

/** Wheels by device. */
export const WHEELS: Readonly<Record<TensorflowDevice, readonly WheelPin[]>> = {
  cpu: [TENSORFLOW_CPU],
  cuda: [TENSORFLOW_CUDA, ...CUDA_LIBRARIES],
};

/** What the wheels need to download, for the message before it starts. */
export const DOWNLOAD_SIZE: Readonly<Record<TensorflowDevice, string>> = { cpu: "0.27 GB", cuda: "3.4 GB" };

/** TensorFlow's own archive of the version that tfjs-node 4.22.0 was made for; CPU only. */
export const OFFICIAL: ArchivePin = {
  version: "2.9.1",
  url: "https://storage.googleapis.com/tensorflow/libtensorflow/libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz",
  sha256: "7f510d2546e3db5e10b1d119463689003d587842892ad3c95bca51cf82820173",
};

function nvidia(name: string, version: string, tag: string, sha256: string): WheelPin {
  return {
    project: `nvidia-${name.replaceAll("_", "-")}-cu12`,
    version,
    file: `nvidia_${name}_cu12-${version}-py3-none-${tag}.whl`,
    sha256,
    members: [`nvidia/${name}/lib/`],
  };
}
