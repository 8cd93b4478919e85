/** TensorFlow.js as a baseline: its operators and automatic gradients. In a page the same program runs. */
import { TfjsOperators } from "../dist/tfjs/operators.js";
import { serveBaseline } from "./tfjs-baseline.mjs";

await serveBaseline(TfjsOperators);
