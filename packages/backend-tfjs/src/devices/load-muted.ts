import { existsSync } from "node:fs";
import { join } from "node:path";
import { requireFrom } from "@nin/files";

interface Mute {
  mute(): void;
  unmute(): void;
}

/** The addon that silences tfjs-node while it loads, in tfjs-node's folder: `nin setup tensorflow` makes it. */
export function muteFile(entry: string): string {
  return join(entry, "lib", "mute.node");
}

/**
 * Loads a copy of tfjs-node without what TensorFlow's C++ code writes on the terminal meanwhile: a note about
 * oneDNN, whatever `TF_CPP_MIN_LOG_LEVEL` says, from before logging can be set. A package prints nothing.
 */
export function loadMuted<Loaded>(entry: string, load: () => Loaded): Loaded {
  const file = muteFile(entry);
  if (!existsSync(file)) return load();
  const addon: Mute = requireFrom(import.meta.url)(file);
  addon.mute();
  try {
    return load();
  } finally {
    addon.unmute();
  }
}
