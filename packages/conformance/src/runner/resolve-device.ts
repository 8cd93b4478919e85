import { type Backend, DeviceUnavailableError, UnsupportedError } from "@nin/backend";

/**
 * The device that the suite runs on: the given one, or the backend's first that is usable.
 *
 * Throws: `UnsupportedError` for a device that the backend does not list; `DeviceUnavailableError`
 * for one that is not usable here, or where none is.
 */
export async function resolveDevice(backend: Backend, given: string | undefined): Promise<string> {
  const devices = await backend.devices();
  const usable = devices.find(({ available }) => available);
  const chosen = given === undefined ? (usable ?? devices[0]) : devices.find(({ id }) => id === given);
  if (chosen === undefined) {
    const known = devices.map(({ id }) => id).join(", ") || "a backend with a device";
    throw new UnsupportedError(backend.id, `device ${given ?? "(none)"}`, `one of ${known}`);
  }
  if (!chosen.available) {
    throw new DeviceUnavailableError(backend.id, chosen.id, chosen.reason ?? "the backend does not say why");
  }
  return chosen.id;
}
