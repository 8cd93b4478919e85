export { entryName, INPUT_NAME, shapeText } from "./diagram-network.js";
export { exactCount, shortBytes, shortCount } from "./figures.js";
export { NetworkDiagram, type NetworkDiagramProps } from "./network-diagram.js";
