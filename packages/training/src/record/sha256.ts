/** A SHA-256 that is being computed: Node and pages have different ones. */
export interface Sha256 {
  update(bytes: Uint8Array): void;
  /** Units: lower-case hexadecimal. */
  digest(): string;
}

/** Begins a new one. */
export type CreateSha256 = () => Sha256;

/** The hash of bytes, or of a text in UTF-8. */
export function sha256Of(content: Uint8Array | string, createSha256: CreateSha256): string {
  const hash = createSha256();
  hash.update(typeof content === "string" ? new TextEncoder().encode(content) : content);
  return hash.digest();
}
