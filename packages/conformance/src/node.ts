export { createNodeHost } from "./case/node-host.js";
