import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
import { resolveRecipe, syntheticDataset } from "@nin/data";
import { floatTensors } from "@nin/safetensors";
import { readSafetensors, writeSafetensors } from "@nin/safetensors/node";
import { builtinArchitecture, builtinRecipe } from "@nin/spec";
import { evaluateModel, type TrainingEvent, trainModel } from "@nin/training";

// Trains until an AbortSignal stops it, saves the weights, and loads them into another model.
const architecture = builtinArchitecture("nin-mnist");
const data = syntheticDataset();
const recipe = await resolveRecipe(builtinRecipe("robust"), data.train);
const imageFormat = { channels: 1, height: 28, width: 28, preprocessing: recipe.preprocessing };
const backend = createNodeOnnxRuntimeBackend();
const model = await backend.compile(architecture, { imageFormat });
const stop = new AbortController();
const onEvent = (event: TrainingEvent): void => {
  if (event.kind === "step" && event.step >= 10) stop.abort();
};
const { step, interrupted } = await trainModel({
  model,
  architecture,
  recipe,
  data,
  onEvent,
  signal: stop.signal,
});
console.log(`step: ${step}, interrupted: ${interrupted}`);
await writeSafetensors("weights.safetensors", await model.readParameters());

const copy = await backend.compile(architecture, { imageFormat });
await copy.writeParameters(floatTensors(await readSafetensors("weights.safetensors")));
const { accuracy } = await evaluateModel(copy, data.test);
console.log(`accuracy ${accuracy}`);
await model.dispose();
await copy.dispose();
