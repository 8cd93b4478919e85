import { spawnBackend, spawnPytorch, spawnResident } from "../measure/throughput/contestants.mjs";

/**
 * Who is measured on a device, each with the `group` of arithmetic it is in: `off` and `on` are
 * float32 without and with TF32, `mixed` is float16 where that is safe. Of each group our own comes
 * first; in WebGPU there is no TF32.
 */
export function contestantsOf({ backend, ...options }) {
  return backend === "webgpu" ? webgpuContestants(options) : onnxruntimeContestants(options);
}

/** What a process of onnxruntime's backend must find in its environment: NVIDIA's libraries read it. */
export function overrideOf(tf32) {
  return { NVIDIA_TF32_OVERRIDE: tf32 === "on" ? "1" : "0" };
}

function onnxruntimeContestants({ device, pytorchDevice, tf32 }) {
  return tf32.flatMap((group) => {
    const suffix = group === "on" ? "-tf32" : "";
    return [
      {
        id: `onnxruntime${suffix}`,
        group,
        spawn: spawnBackend,
        args: ["--dataset", "--device", device],
        env: overrideOf(group),
      },
      pytorch(group, `pytorch-channels-last${suffix}`, pytorchDevice, ["--channels-last"]),
      pytorch(group, `pytorch-default${suffix}`, pytorchDevice, []),
    ];
  });
}

function webgpuContestants({ device, pytorchDevice, tf32, precisions, pytorch: ways }) {
  const ours = precisions.map((precision) => ({
    id: precision === "f32" ? "webgpu" : `webgpu-${precision}`,
    group: precision === "f32" ? "off" : precision,
    spawn: spawnResident,
    args: ["--device", device, "--precision", precision],
  }));
  const groups = [...tf32, ...precisions.filter((precision) => precision !== "f32")];
  const peers = groups.flatMap((group) =>
    ways.map((way) => pytorch(group, `pytorch-${way}${SUFFIXES[group]}`, pytorchDevice, flagsOf(way))),
  );
  return [...ours, ...peers];
}

const SUFFIXES = { off: "", on: "-tf32", mixed: "-amp" };

function pytorch(group, id, device, flags) {
  const own = { off: [], on: ["--tf32"], mixed: ["--amp", "--tf32"] }[group];
  return {
    ...{ id, group, spawn: spawnPytorch, args: ["--device", device, ...flags, ...own] },
    env: { NVIDIA_TF32_OVERRIDE: undefined },
  };
}

/** `compile-channels-last` and the like as options of scripts/pytorch/throughput.py. */
function flagsOf(way) {
  return [
    ...(way.startsWith("compile") ? ["--compile"] : []),
    ...(way.endsWith("channels-last") ? ["--channels-last"] : []),
  ];
}
