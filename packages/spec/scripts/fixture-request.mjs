// Prints the architectures that pytorch-fixtures.py is asked about. Needs the built package.
import fc from "fast-check";
import { arbitraryArchitectureJson } from "../dist/arbitrary.js";
import { builtinArchitecture } from "../dist/index.js";

const BUILTINS = [
  "nin",
  "nin?mlpConvs=0",
  "nin?mlpConvs=1",
  "nin?mlpConvs=3",
  "nin?mlpConvs=4",
  "nin?mlpKernelSize=3",
  "nin?head=linear",
  "nin?head=linear&classes=7&channels=3&size=96",
  "nin-mnist",
  "nin-mnist?channels=3&classes=5&size=20",
  "nin-cifar10",
  "nin-cifar10?channels=1&classes=100&size=28",
  "nin-imagenet",
  "nin-imagenet?channels=1&classes=10&size=227",
];

const request = {
  builtins: BUILTINS.map((reference) => ({ reference, json: builtinArchitecture(reference) })),
  random: fc.sample(arbitraryArchitectureJson(), { numRuns: 60, seed: 2013 }),
};
console.log(JSON.stringify(request));
