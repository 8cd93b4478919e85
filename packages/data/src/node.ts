export type { DownloadProgress } from "./download/transfer.js";
export { userCacheFolder } from "./download/user-cache.js";
export { type FetchedDataset, fetchFashionMnist, type LoadOptions, loadDataset } from "./load-dataset.js";
