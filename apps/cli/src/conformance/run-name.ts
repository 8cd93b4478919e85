import type { Precision } from "@nin/backend";

/** What was run. */
export interface RunSubject {
  readonly backend: string;
  /** Where it was named. */
  readonly device?: string;
  readonly precision: Precision;
}

/** A run as its reports name it: `webgpu on lavapipe in mixed precision`; nothing is said of float32. */
export function runName({ backend, device, precision }: RunSubject): string {
  const place = device === undefined ? backend : `${backend} on ${device}`;
  return precision === "f32" ? place : `${place} in ${precision} precision`;
}

/** A device as a table heads it: `lavapipe`, `lavapipe mixed`. */
export function deviceTitle({ device, precision }: Required<RunSubject>): string {
  return precision === "f32" ? device : `${device} ${precision}`;
}
