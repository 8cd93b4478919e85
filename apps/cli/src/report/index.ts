export { chooseSamples } from "./choose-samples.js";
export { renderReport } from "./render-report.js";
export type { ImageSize, ReportData, ReportSample, RunStatus } from "./report-data.js";
