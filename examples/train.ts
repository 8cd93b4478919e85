import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
import { resolveRecipe } from "@nin/data";
import { loadDataset } from "@nin/data/node";
import { writeSafetensors } from "@nin/safetensors/node";
import { builtinArchitecture, builtinRecipe } from "@nin/spec";
import { evaluateModel, trainModel } from "@nin/training";

const architecture = builtinArchitecture("nin-mnist");
const data = await loadDataset("fashion-mnist");
const recipe = await resolveRecipe(builtinRecipe("robust"), data.train);
const imageFormat = { channels: 1, height: 28, width: 28, preprocessing: recipe.preprocessing };
const model = await createNodeOnnxRuntimeBackend().compile(architecture, { imageFormat });
await trainModel({ model, architecture, recipe, data, maxSteps: 100 });
const { accuracy } = await evaluateModel(model, data.test, { limit: 1000 });
console.log(`accuracy ${accuracy}`);
await writeSafetensors("weights.safetensors", await model.readParameters());
