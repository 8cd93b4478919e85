import { NinError } from "@nin/backend";
import { shownText } from "@nin/spec";

/** A layers model that cannot be read: its `model.json`, or a file of weights. `code` is `NIN_LAYERS_MODEL`. */
export class LayersModelError extends NinError {
  constructor(
    /** The file, or what stands for it. */
    readonly source: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super("NIN_LAYERS_MODEL", `${shownText(source, 4096)}: ${problem}`, options);
  }
}
