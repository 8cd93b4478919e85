import type { Architecture } from "../architecture/architecture.js";
import { type NamedParameter, namedParameters } from "../architecture/shapes.js";
import { SpecError } from "../reading/errors.js";
import { FieldReader, oneOf } from "../reading/field-reader.js";
import { shownNames } from "../reading/shown.js";

const RULES = ["xavierUniform", "heUniform", "uniformFanIn", "zeros"] as const;

/** A named rule of the bound of a uniform distribution, or a constant. */
export type InitRule = (typeof RULES)[number] | number;

/** Rules for the weights and biases of one layer. */
export interface InitOverride {
  readonly weight?: Exclude<InitRule, number>;
  readonly bias?: InitRule;
}

/** How initial values are drawn; `overrides` by layer name, or `last` for the last weighted layer. */
export interface Initialization {
  readonly weight: "xavierUniform" | "heUniform";
  readonly bias: "uniformFanIn" | "zeros";
  readonly overrides: Readonly<Record<string, InitOverride>>;
}

/** @throws `SpecError` naming the field. */
export function parseInitialization(fields: FieldReader): Initialization {
  const overrides = fields.raw("overrides") === undefined ? {} : fields.raw("overrides");
  const path = fields.pathOf("overrides");
  if (typeof overrides !== "object" || overrides === null || Array.isArray(overrides)) {
    throw new SpecError(path, "an object", overrides);
  }
  const init: Initialization = {
    weight: fields.oneOf("weight", ["xavierUniform", "heUniform"]),
    bias: fields.oneOf("bias", ["uniformFanIn", "zeros"]),
    overrides: Object.fromEntries(
      Object.entries(overrides).map(([layer, override]) => [
        layer,
        parseOverride(new FieldReader(override, `${path}.${layer}`)),
      ]),
    ),
  };
  fields.end();
  return init;
}

/**
 * Checks that a recipe's initial values are for layers that an architecture has, without drawing them.
 *
 * @throws `SpecError` when an override names a layer that the architecture lacks.
 */
export function checkInitialization(architecture: Architecture, init: Initialization): void {
  initRuleFor(architecture, init);
}

/**
 * The rule of each parameter.
 *
 * @throws `SpecError` when an override names a layer that the architecture lacks.
 */
export function initRuleFor(
  architecture: Architecture,
  init: Initialization,
): (parameter: NamedParameter) => InitRule {
  const layerOf = (parameter: NamedParameter): string => parameter.name.replace(/\.(weight|bias)$/, "");
  const layers = new Set(namedParameters(architecture).map(layerOf));
  const last = [...layers].at(-1);
  for (const name of Object.keys(init.overrides)) {
    if (name !== "last" && !layers.has(name)) {
      throw new SpecError("init.overrides", `layer names among ${shownNames(layers)}, or last`, name);
    }
  }
  return (parameter) => {
    const layer = layerOf(parameter);
    const fromLast = layer === last ? init.overrides.last?.[parameter.role] : undefined;
    return init.overrides[layer]?.[parameter.role] ?? fromLast ?? init[parameter.role];
  };
}

function parseOverride(fields: FieldReader): InitOverride {
  const override: InitOverride = {
    ...(fields.raw("weight") === undefined ? {} : { weight: fields.oneOf("weight", RULES) }),
    ...(fields.raw("bias") === undefined ? {} : { bias: parseBiasRule(fields) }),
  };
  fields.end();
  return override;
}

function parseBiasRule(fields: FieldReader): InitRule {
  const value = fields.raw("bias");
  const rule = RULES.find((candidate) => candidate === value);
  if (rule !== undefined) return rule;
  const isFloat32 = typeof value === "number" && Number.isFinite(Math.fround(value));
  return isFloat32 ? value : fields.fail("bias", `${oneOf(RULES)}, or a number`);
}
