import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
import { syntheticDataset } from "@nin/data";
import { floatTensors } from "@nin/safetensors";
import { readSafetensors, writeSafetensors } from "@nin/safetensors/node";
import { builtinArchitecture, builtinRecipe } from "@nin/spec";
import { evaluateModel, trainModel } from "@nin/training";

const [recipe, data, stop] = [builtinRecipe("robust"), syntheticDataset(), new AbortController()];
const architecture = builtinArchitecture("nin-mnist");
const imageFormat = { channels: 1, height: 28, width: 28, preprocessing: recipe.preprocessing };
const compile = () => createNodeOnnxRuntimeBackend().compile(architecture, { imageFormat });
const [model, copy] = [await compile(), await compile()];
const onEvent = ({ kind, step }) => kind === "step" && step >= 10 && stop.abort();
console.log(await trainModel({ model, architecture, recipe, data, onEvent, signal: stop.signal }));
await writeSafetensors("weights.safetensors", await model.readParameters());
await copy.writeParameters(floatTensors(await readSafetensors("weights.safetensors")));
console.log(`accuracy ${(await evaluateModel(copy, data.test)).accuracy}`);
await Promise.all([model.dispose(), copy.dispose()]);
