import type { Architecture } from "@nin/spec";
import { arbitraryArchitecture } from "@nin/spec/arbitrary";
import fc from "fast-check";

/** Shallow and deep networks, narrow ones and such as are wide enough for what pays on wide layers. */
export function randomArchitecture(): fc.Arbitrary<Architecture> {
  return fc.oneof(
    { weight: 5, arbitrary: arbitraryArchitecture() },
    { weight: 2, arbitrary: arbitraryArchitecture({ maxLayers: 12 }) },
    { weight: 2, arbitrary: arbitraryArchitecture({ maxLayers: 3, maxChannels: 20 }) },
  );
}

/** An architecture as a person would paste it into a file: `nin summary FILE` reads it. */
export function architectureText(architecture: Architecture): string {
  return JSON.stringify(architecture);
}
