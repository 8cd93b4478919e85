import { signal } from "@preact/signals";

/** The layer that is looked at: `input`, `net.3`, or `net.0.2` inside a block. */
export const selectedLayer = signal<string | undefined>("net.0");

/** Layers that the tour points at. */
export const highlighted = signal<readonly string[]>([]);
