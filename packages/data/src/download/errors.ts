/** No mirror gave the file; the message says what each did. Inside the package: users see a `DataError`. */
export class DownloadError extends Error {}

/** What a mirror did wrong, in words that are fit for a message. */
export class MirrorError extends Error {}
