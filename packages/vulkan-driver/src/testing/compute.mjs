// A child process of the tests: prepares for the adapter named by the first argument, then lets
// Dawn double 1..64 there. Prints one line of JSON.
import { prepareSoftwareAdapter } from "@nin/vulkan-driver";

const started = performance.now();
const prepared = await prepareSoftwareAdapter({ prefer: process.argv[2] });
const preparedMs = performance.now() - started;
const { create, globals } = await import("webgpu");
// Kept for as long as the process lives: collected before, Dawn crashes at the process's end.
Object.assign(globalThis, globals, { gpu: create([]) });

const adapter = await globalThis.gpu.requestAdapter();
const device = await adapter.requestDevice();
const doubled = await double(
  device,
  Float32Array.from({ length: 64 }, (_, index) => index + 1),
);
const { vendor, architecture, description } = adapter.info;
const totalMs = performance.now() - started;
process.stdout.write(
  JSON.stringify({ prepared, vendor, architecture, description, doubled, preparedMs, totalMs }),
);
device.destroy();

async function double(device, values) {
  const code = `@group(0) @binding(0) var<storage, read_write> values: array<f32>;
    @compute @workgroup_size(16) fn main(@builtin(global_invocation_id) id: vec3u) { values[id.x] *= 2; }`;
  const pipeline = device.createComputePipeline({
    layout: "auto",
    compute: { module: device.createShaderModule({ code }) },
  });
  const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const size = values.byteLength;
  const buffer = device.createBuffer({ size, usage: STORAGE | COPY_SRC | COPY_DST });
  const result = device.createBuffer({ size, usage: MAP_READ | COPY_DST });
  device.queue.writeBuffer(buffer, 0, values);
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  const entries = [{ binding: 0, resource: { buffer } }];
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(values.length / 16);
  pass.end();
  encoder.copyBufferToBuffer(buffer, 0, result, 0, size);
  device.queue.submit([encoder.finish()]);
  await result.mapAsync(GPUMapMode.READ);
  const read = [...new Float32Array(result.getMappedRange())];
  result.unmap();
  return read;
}
