export type { DownloadProgress } from "./download/transfer.js";
export { type FetchedDataset, fetchFashionMnist, type LoadOptions, loadDataset } from "./load-dataset.js";
