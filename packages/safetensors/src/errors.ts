import { shownText } from "@nin/spec";

/** A file that is not valid safetensors, or does not hold what was asked for. */
export class SafetensorsError extends Error {
  readonly code: string = "NIN_SAFETENSORS";

  constructor(
    /** The file, or what stands for it. */
    readonly source: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${shownText(source, 4096)}: ${problem}`, options);
    this.name = "SafetensorsError";
  }
}
