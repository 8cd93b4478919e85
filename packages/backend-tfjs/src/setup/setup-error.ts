import { NinError } from "@nin/backend";

/** A step of `nin setup tensorflow` that could not be done. */
export class SetupError extends NinError {
  constructor(what: string, remedy: string, options?: ErrorOptions) {
    super("NIN_SETUP", `setup tensorflow: ${what}; ${remedy}`, options);
  }
}
