/** Something that a person can do something about, in one sentence. */
export class PageError extends Error {
  override readonly name = "PageError";
}
