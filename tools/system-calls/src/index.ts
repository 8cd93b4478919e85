export { type Observed, type ObserveOptions, observe, observeObstacle } from "./observe.js";
export { type Touched, touchedIn } from "./touched.js";
