export { ActivationMaps, type ActivationMapsProps } from "./activation-maps.js";
export { ClassMapsView, type ClassMapsViewProps } from "./class-maps-view.js";
export { ClassScores, type ClassScoresProps } from "./class-scores.js";
export { ConfusionMatrix, type ConfusionMatrixProps } from "./confusion-matrix.js";
export { FirstFilters } from "./first-filters.js";
export { drawPicture, type Picture } from "./heat-overlay.js";
export { PixelCanvas } from "./pixel-canvas.js";
