export { type FirstUse, type FirstUseOptions, observeFirstUse } from "./first-use.js";
export { type Observed, type ObserveOptions, observe, observeObstacle } from "./observe.js";
export { type Touched, touchedIn } from "./touched.js";
