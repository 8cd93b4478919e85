export { forwardOfPyTorch, gradientsOfPyTorch, stepsOfPyTorch, trajectoriesOfPyTorch } from "./cases.js";
export { FixtureError } from "./fixture-error.js";
export { gradientsOfNinBase, outputsOfNinBase, stepOfNinBase } from "./nin-base/cases.js";
