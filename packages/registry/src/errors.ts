import { NinError } from "@nin/backend";
import { shownText } from "@nin/spec";

/** A backend that is not in the list. */
export class UnknownBackendError extends NinError {
  constructor(id: string, known: readonly string[]) {
    super("NIN_UNKNOWN_BACKEND", `backend: expected one of ${known.join(", ")}, got ${shownText(id)}`);
  }
}

/** A backend whose package is not installed, or cannot be loaded on this machine. */
export class BackendLoadError extends NinError {
  constructor(id: string, packageName: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      "NIN_BACKEND_LOAD",
      `backend ${id} cannot be loaded: ${shownText(reason.replace(/\s+/g, " "), 1000)}; install it with \`npm install ${packageName}\``,
      { cause },
    );
  }
}
