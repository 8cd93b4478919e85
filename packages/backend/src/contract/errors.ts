import { shownText } from "@nin/spec";

/** How much of what a runtime or a device says is repeated. Units: characters. */
const REASON_CHARACTERS = 1000;

/** Base of every error that backends, data and training throw on purpose. `code` is stable. */
export class NinError extends Error {
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A device that is not usable on this machine. */
export class DeviceUnavailableError extends NinError {
  constructor(backend: string, device: string, reason: string) {
    super(
      "NIN_DEVICE_UNAVAILABLE",
      `${backend}: device ${shownText(device)} is not available: ${reasonText(reason)}`,
    );
  }
}

/** A device, precision or option that the backend does not have. */
export class UnsupportedError extends NinError {
  constructor(backend: string, what: string, supported: string) {
    super("NIN_UNSUPPORTED", `${backend}: ${shownText(what)} is not supported; expected ${supported}`);
  }
}

/** A batch that does not suit the model. */
export class BatchError extends NinError {
  constructor(what: string, expected: string, given: string) {
    super("NIN_BATCH", `${shownText(what)}: expected ${expected}, got ${shownText(given)}`);
  }
}

/** Parameters or optimizer state that do not suit the model. */
export class ParameterError extends NinError {
  constructor(parameter: string, expected: string, given: string) {
    super(
      "NIN_PARAMETER",
      `parameter ${shownText(parameter)}: expected ${expected}, got ${shownText(given)}`,
    );
  }
}

/** A second training session on one model. */
export class SessionError extends NinError {
  constructor(backend: string) {
    super("NIN_SESSION", `${backend}: the model is already being trained; dispose of that session first`);
  }
}

/** Use of a model or session after `dispose`. */
export class DisposedError extends NinError {
  constructor(what: string) {
    super("NIN_DISPOSED", `${what} was used after dispose()`);
  }
}

/** The runtime or the device failed. */
export class RuntimeError extends NinError {
  constructor(backend: string, doing: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super("NIN_RUNTIME", `${backend}: ${doing} failed: ${reasonText(reason)}`, { cause });
  }
}

/** A device that is gone for good: reset, unplugged, out of memory. What was on it is lost. */
export class DeviceLostError extends NinError {
  constructor(backend: string, device: string, reason: string) {
    super(
      "NIN_DEVICE_LOST",
      `${backend}: the device ${shownText(device)} was lost: ${reasonText(reason)}; compile the model again and go on from the last checkpoint`,
    );
  }
}

/** On one line: runtimes write several, with a stack. */
function reasonText(reason: string): string {
  return shownText(reason.replace(/\s+/g, " ").trim(), REASON_CHARACTERS);
}
