export { createNodeHost } from "./node-host.js";
