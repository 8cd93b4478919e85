import { expect, it } from "vitest";
import { DEVICE_TRAITS } from "../runtime/device-traits.js";
import { modelType } from "../testing/decode-model.js";
import { programsOf, zooArchitectures } from "../testing/program-zoo.js";

it.each(zooArchitectures())(
  "the programs of %s are written as protobufjs writes them by reflection",
  (_, architecture) => {
    for (const [name, { graph }] of programsOf(architecture, DEVICE_TRAITS.cpu.dialect)) {
      const written = graph.toModel(name);
      const again = modelType.encode(modelType.decode(written)).finish();
      expect(Buffer.compare(written, again), name).toBe(0);
    }
  },
);
