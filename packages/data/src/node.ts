export type { DownloadProgress } from "./files/transfer.js";
export { type FetchedDataset, fetchFashionMnist, type LoadOptions, loadDataset } from "./load-dataset.js";
