import type { Architecture } from "@nin/spec";
import type { CaseParameter } from "../case-id.js";
import { layerSamples } from "../layers/index.js";
import { sampleArchitecture } from "../layers/layer-samples.js";
import { wholeNetworks } from "./whole-networks.js";

/** A network that several levels look at, with its place in their cases' ids. */
export interface Subject {
  /** A layer kind, or `network`. */
  readonly group: string;
  readonly name: string;
  readonly parameters: Readonly<Record<string, CaseParameter>>;
  readonly architecture: Architecture;
  /** Images in the batch. */
  readonly batch: number;
  readonly quick: boolean;
}

/** Every sample of every layer kind, then whole networks. */
export function subjects(): readonly Subject[] {
  const ofKinds = layerSamples.map(({ kind, sample }): Subject => {
    const { name, fields, batch = 2, quick = false } = sample;
    const architecture = sampleArchitecture(kind, sample);
    return { group: kind, name, parameters: fields, architecture, batch, quick };
  });
  const whole = wholeNetworks.map((network): Subject => ({ group: "network", parameters: {}, ...network }));
  return [...ofKinds, ...whole];
}
