import { shownText } from "@nin/spec";

/** A file is not valid safetensors, or does not contain what is expected. */
export class SafetensorsError extends Error {
  readonly code: string = "NIN_SAFETENSORS";

  constructor(
    /** The name of the file or other source. */
    readonly source: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${shownText(source, 4096)}: ${problem}`, options);
    this.name = "SafetensorsError";
  }
}
