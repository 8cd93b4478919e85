export { entryName, INPUT_NAME } from "./diagram-network.js";
export { shortBytes, shortCount } from "./figures.js";
export { NetworkDiagram, type NetworkDiagramProps } from "./network-diagram.js";
