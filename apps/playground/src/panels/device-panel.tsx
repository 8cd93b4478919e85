import { device, deviceChoice, deviceKey, devices } from "../state/playground.js";

/** What to train on, and why what is missing is missing. */
export function DevicePanel({ isLocked }: { isLocked: boolean }) {
  const listed = devices.value;
  const chosen = device.value;
  return (
    <fieldset class="pg-panel" disabled={isLocked}>
      <legend>
        <span class="pg-number">4</span> Device
      </legend>
      {listed === undefined && <p class="pg-note">Looking for a device</p>}
      <div class="pg-choices">
        {listed?.map((each) => {
          const key = deviceKey(each);
          return (
            <label key={key} class={each === chosen ? "pg-choice pg-chosen" : "pg-choice"}>
              <input
                type="radio"
                name="device"
                checked={each === chosen}
                disabled={!each.available}
                onChange={() => {
                  deviceChoice.value = key;
                }}
              />
              <span>
                <strong>{each.label}</strong>
                <small>{noteOf(each)}</small>
              </span>
            </label>
          );
        })}
      </div>
      {chosen?.device === "wasm" && !crossOriginIsolated && (
        <p class="pg-note">
          One thread only: this page is not cross-origin isolated.{" "}
          {navigator.serviceWorker?.controller ? (
            <button type="button" class="pg-link" onClick={() => location.reload()}>
              Reload it once for all threads
            </button>
          ) : (
            "Its server can send the headers COOP and COEP, as nin playground does."
          )}
        </p>
      )}
    </fieldset>
  );
}

function noteOf({
  available,
  reason,
  isSoftware,
  device: id,
}: {
  available: boolean;
  reason?: string;
  isSoftware: boolean;
  device: string;
}): string {
  if (!available) return reason ?? "not available";
  if (isSoftware) return "software that acts as a GPU: slow";
  return id === "wasm" ? "on the processor" : "on the graphics processor";
}
