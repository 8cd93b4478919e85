import { spawnBackend, spawnPytorch } from "../measure/throughput/contestants.mjs";

/**
 * Who is measured on a device, the backend first, for each setting of TF32 (`off`, `on`).
 *
 * The backend's process is told by `NVIDIA_TF32_OVERRIDE`, which NVIDIA's libraries read; PyTorch's
 * by its own switches, its environment left alone.
 */
export function contestantsOf(device, settings) {
  return settings.flatMap((tf32) => {
    const suffix = tf32 === "on" ? "-tf32" : "";
    const peer = { tf32, spawn: spawnPytorch, env: { NVIDIA_TF32_OVERRIDE: undefined } };
    const args = ["--device", device, ...(tf32 === "on" ? ["--tf32"] : [])];
    return [
      {
        id: `onnxruntime${suffix}`,
        tf32,
        spawn: spawnBackend,
        args: ["--device", device],
        env: overrideOf(tf32),
      },
      { id: `pytorch-channels-last${suffix}`, ...peer, args: [...args, "--channels-last"] },
      { id: `pytorch-default${suffix}`, ...peer, args },
    ];
  });
}

/** What the backend's processes must find in their environment. */
export function overrideOf(tf32) {
  return { NVIDIA_TF32_OVERRIDE: tf32 === "on" ? "1" : "0" };
}
