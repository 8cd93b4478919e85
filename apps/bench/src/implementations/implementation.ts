import type { Precision } from "@nin/backend";
import type { ContestantCommand } from "../protocol/implementation-process";
import type { Mode } from "../protocol/job";
import type { GateDropout } from "../protocol/messages";

/** Who can be measured. */
export interface Contestant {
  /** `onnxruntime:cpu`, `pytorch:channels-last`. */
  readonly id: string;
  /** For a person. */
  readonly name: string;
  /** One of this repository's, or what it is compared with. */
  readonly kind: "backend" | "peer";
  /** What it computes on: those of the same one share its ceilings. `cpu`, `lavapipe`, `cuda`. */
  readonly hardware: string;
  readonly modes: readonly Mode[];
  readonly precisions: readonly Precision[];
  /** How it draws dropout where it is checked. */
  readonly dropout: GateDropout;
  readonly command: ContestantCommand;
}

/** What was asked for or known of, and cannot be measured here. */
export interface Absent {
  readonly what: string;
  readonly why: string;
}

/** Who is measured, and who is not. */
export interface Line {
  readonly contestants: readonly Contestant[];
  readonly absent: readonly Absent[];
}
