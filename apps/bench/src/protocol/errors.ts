import { NinError } from "@nin/backend";

/** Something in a benchmark that did not work: an implementation's failure, a file that is none of ours. */
export class BenchError extends NinError {
  constructor(message: string, code = "NIN_BENCH", options?: ErrorOptions) {
    super(code, message, options);
  }
}
