import { lineOf } from "./details.mjs";
import { kernelLines } from "./kernel-lines.mjs";
import { throughputLines } from "./throughput-lines.mjs";

/** All of a result, short enough for the end of a log. */
export function tableOf({ environment: { card, driver }, settings: { backend, device }, steps }) {
  return [
    "",
    `${backend} on ${device}: ${card.gpu ?? "no card"}, driver ${driver.driver_version ?? "none"}, CUDA ${card.torchCuda}, cuDNN ${card.cudnn}`,
    ...Object.entries(steps).map(([name, step]) => lineOf(name, step)),
    ...(steps.kernels?.cases ?? []).flatMap(kernelLines),
    ...(steps.throughput?.cases ?? []).flatMap(throughputLines),
  ].join("\n");
}

export { lineOf };
