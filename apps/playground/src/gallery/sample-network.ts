import type { Model } from "@nin/backend";
import { createReferenceBackend } from "@nin/backend-reference";
import { type ImageDataset, syntheticDataset } from "@nin/data";
import { floatTensors, parseSafetensors } from "@nin/safetensors";
import { type Architecture, type NamedTensors, present, readModelMetadata } from "@nin/spec";
// What `nin train nin-xs --data synthetic` and `nin export` made.
import weightsUrl from "./nin-xs-synthetic.safetensors?url";

/** A trained network on the reference backend, with images that it knows. */
export interface SampleNetwork {
  readonly architecture: Architecture;
  readonly model: Model;
  readonly parameters: NamedTensors;
  readonly classNames: readonly string[];
  readonly test: ImageDataset;
}

/** Loads the gallery's network. */
export async function sampleNetwork(): Promise<SampleNetwork> {
  const response = await fetch(weightsUrl);
  const file = parseSafetensors(new Uint8Array(await response.arrayBuffer()));
  const description = readModelMetadata(file.metadata);
  const architecture = present(description.architecture);
  const classNames = present(description.classNames);
  const parameters = floatTensors(file);
  const imageFormat = { ...present(description.image), preprocessing: present(description.preprocessing) };
  const model = await createReferenceBackend().compile(architecture, { imageFormat });
  await model.writeParameters(parameters);
  return { architecture, model, parameters, classNames, test: syntheticDataset({ train: 1, test: 30 }).test };
}
