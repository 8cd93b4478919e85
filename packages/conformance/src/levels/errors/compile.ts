import type { CompileOptions } from "@nin/backend";
import type { ConformanceCase } from "../../case.js";
import { caseId } from "../../case-id.js";
import { checkRefused } from "../../check/refusal.js";
import { smallArchitecture, smallBatch, smallImages, smallModel } from "../../networks/small.js";

const UNSUPPORTED = "NIN_UNSUPPORTED";

const COMPILE_REFUSALS: readonly (readonly [name: string, code: string, options: CompileOptions])[] = [
  ["unknown-device", UNSUPPORTED, { device: "no-such-device" }],
  ["no-images", UNSUPPORTED, { maxBatch: 0 }],
  ["half-an-image", UNSUPPORTED, { maxBatch: 1.5 }],
  ["images-of-other-channels", UNSUPPORTED, { imageFormat: { ...smallImages, channels: 3 } }],
  [
    "mean-of-other-channels",
    "NIN_SPEC",
    { imageFormat: { ...smallImages, preprocessing: { mean: [0, 0], std: 1 } } },
  ],
];

/** What `compile` refuses, never falling back to something else. */
export function compileErrors(): readonly ConformanceCase[] {
  return COMPILE_REFUSALS.map(([name, code, options]) => ({
    id: caseId("errors", "compile", name),
    plan: `is refused with ${code}, and the backend compiles the next model`,
    source: "design rule",
    quick: true,
    run: async (context) => {
      const { backend, options: own } = context;
      await checkRefused(
        backend.compile(smallArchitecture, { ...own, ...options }).then((model) => model.dispose()),
        code,
        name,
      );
      await (await smallModel(context)).predict(smallBatch());
    },
  }));
}
