import { NinError } from "@nin/backend";

/** A command that was not called as it should be. */
export class UsageError extends NinError {
  constructor(message: string, options?: ErrorOptions) {
    super("NIN_USAGE", message, options);
  }
}
