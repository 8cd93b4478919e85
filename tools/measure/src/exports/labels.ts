import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { firstLargest } from "@nin/backend";
import { disableTelemetry } from "@nin/backend-onnxruntime/node";
import { type ImageDataset, resizeImages } from "@nin/data";
import { at, type ModelDescription, perChannel, present, readModelMetadata } from "@nin/spec";

const BATCH = 100;

/** What both ONNX Runtimes for JavaScript have in common. */
interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array): Promise<{
      readonly inputNames: readonly string[];
      readonly outputNames: readonly string[];
      run(feeds: never): Promise<Readonly<Record<string, { readonly data: unknown }>>>;
      release(): Promise<void>;
    }>;
  };
  readonly Tensor: new (type: never, data: never, shape: readonly number[]) => object;
}

/**
 * The labels by an exported ONNX model.
 *
 * @param description - what the model says of its preprocessing; absent for one that has it inside
 */
export async function onnxLabels(
  ort: OnnxRuntime,
  model: Uint8Array,
  images: ImageDataset,
  description?: Partial<ModelDescription>,
): Promise<readonly number[]> {
  // Of the runtime for Node; the other one has nothing to report with.
  await disableTelemetry();
  const session = await ort.InferenceSession.create(model);
  const [input, output] = [at(session.inputNames, 0), at(session.outputNames, 0)];
  const { channels, height, width } = images;
  const labels: number[] = [];
  for (const bytes of batches(images)) {
    const count = bytes.length / (channels * height * width);
    const [type, data, shape] =
      description === undefined
        ? (["uint8", bytes, [count, channels, height, width]] as const)
        : (["float32", ...inputOf(bytes, images, description)] as const);
    const tensor = new ort.Tensor(type as never, data as never, shape);
    const results = await session.run({ [input]: tensor } as never);
    labels.push(...labelsOf(present(results[output]).data as Float32Array, count));
  }
  await session.release();
  return labels;
}

/** The labels by an exported layers model, in stock TensorFlow.js on its WebAssembly backend. */
export async function layersModelLabels(folder: string, images: ImageDataset): Promise<readonly number[]> {
  const tf = await import("@tensorflow/tfjs-core");
  await import("@tensorflow/tfjs-backend-wasm");
  const { loadLayersModel } = await import("@tensorflow/tfjs-layers");
  await tf.setBackend("wasm");
  const json = JSON.parse(await readFile(join(folder, "model.json"), "utf8"));
  const weights = await readFile(join(folder, "weights.bin"));
  const model = await loadLayersModel({
    load: async () => ({
      ...json,
      weightSpecs: json.weightsManifest[0].weights,
      weightData: Uint8Array.from(weights).buffer,
    }),
  });
  const metadata = new Map(Object.entries(model.getUserDefinedMetadata() as Record<string, string>));
  const description = readModelMetadata(metadata);
  const labels: number[] = [];
  for (const bytes of batches(images)) {
    const [data, shape] = inputOf(bytes, images, description);
    const scores = tf.tidy(() =>
      model.predict(tf.transpose(tf.tensor4d(data, shape as [number, number, number, number]), [0, 2, 3, 1])),
    ) as import("@tensorflow/tfjs-core").Tensor;
    labels.push(...labelsOf((await scores.data()) as Float32Array, at(shape, 0)));
    scores.dispose();
  }
  return labels;
}

/** Resized, scaled and normalized as the file says, in float32. */
function inputOf(
  bytes: Uint8Array,
  { channels, height, width }: ImageDataset,
  { architecture, preprocessing }: Partial<ModelDescription>,
): [data: Float32Array, shape: readonly number[]] {
  const { input } = present(architecture, "nin.architecture");
  const { mean, std } = present(preprocessing, "nin.mean and nin.std");
  if (channels !== input.channels) throw new Error(`expected images of ${input.channels} channels`);
  const resized = resizeImages(bytes, { height, width }, input);
  const means = perChannel(mean, channels, "nin.mean").map(Math.fround);
  const deviations = perChannel(std, channels, "nin.std").map(Math.fround);
  const area = input.height * input.width;
  const data = Float32Array.from(resized, (byte, index) => {
    const channel = Math.floor(index / area) % channels;
    return Math.fround(Math.fround(byte / 255) - at(means, channel)) / at(deviations, channel);
  });
  return [data, [data.length / (channels * area), channels, input.height, input.width]];
}

function* batches({ images, channels, height, width, count }: ImageDataset): Generator<Uint8Array, void> {
  const size = channels * height * width;
  for (let start = 0; start < count; start += BATCH) {
    yield Uint8Array.from(images.subarray(start * size, Math.min(count, start + BATCH) * size));
  }
}

function labelsOf(scores: Float32Array, count: number): readonly number[] {
  const classes = scores.length / count;
  return Array.from({ length: count }, (_, image) =>
    firstLargest(scores.subarray(image * classes, (image + 1) * classes)),
  );
}
