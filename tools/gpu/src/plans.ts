import { availableParallelism } from "node:os";

/** What can be checked and measured: of each backend its devices, the first the default, and its steps in order. */
export const BACKENDS = {
  onnxruntime: {
    devices: ["cuda", "cpu"],
    steps: [
      "backends",
      "tf32",
      "nin-base",
      "conformance",
      "random-architectures",
      "beside-cpu",
      "trajectory",
      "placement",
      "throughput",
      "runs",
      "curve",
    ],
  },
  webgpu: {
    devices: ["gpu", "lavapipe", "swiftshader"],
    steps: [
      "backends",
      "conformance",
      "conformance-mixed",
      "random-architectures",
      "trajectory",
      "ceilings",
      "tuning",
      "kernels",
      "throughput",
      "curve",
    ],
  },
};

const CARD = {
  size: "card",
  architectures: "12",
  model: "nin",
  batches: "128,32",
  rounds: "5",
  conformance: "full",
  trajectorySteps: "30",
  productExtent: "8192",
  copyMib: "2048",
  curveEpochs: "10",
};

/** Sizes that a processor which plays a card is done with in minutes. */
const SMALL = {
  size: "small",
  architectures: "3",
  model: "nin-mnist",
  batches: "4",
  rounds: "2",
  conformance: "quick",
  trajectorySteps: "5",
  productExtent: "512",
  copyMib: "64",
  curveEpochs: "1",
  curveImages: "64",
};

/** The options that depend on backend and device. */
export function defaultsOf(backend, device) {
  const small = device === "lavapipe" || device === "swiftshader";
  const { batches, ...sizes } = small ? SMALL : CARD;
  return {
    ...sizes,
    // A training step of the tutorial's batches is what the backends are compared by.
    batches: backend === "webgpu" && !small ? "128" : batches,
    limitSeconds: backend === "webgpu" ? "540" : "300",
    // The backend's own sums of onnxruntime are on these too; beside webgpu there is PyTorch alone.
    threads: `${backend === "webgpu" ? availableParallelism() : Math.min(4, availableParallelism())}`,
    tf32: device === "cuda" || device === "gpu" ? "off,on" : "off",
    pytorchDevice: device === "cuda" || device === "gpu" ? "cuda" : "cpu",
  };
}
