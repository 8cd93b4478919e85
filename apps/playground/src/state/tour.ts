import { signal } from "@preact/signals";

export const isTourOpen = signal(false);
/** The step of the tour that is shown, from 0. */
export const tourStep = signal(0);
