import {
  type Architecture,
  at,
  classCount,
  type NamedParameter,
  type NamedTensors,
  namedParameters,
  type Shape,
  shownNames,
  shownText,
} from "@nin/spec";
import { SafetensorsError } from "./errors.js";
import type { StoredTensor } from "./parse.js";
import { floatTensor } from "./tensors.js";

/** How the tensors of a file become a network's parameters. */
export interface FitOptions {
  /** The name of the file, with which messages begin. */
  readonly source?: string;
  /** Whether tensors that the network does not have are skipped; they are an error by default. */
  readonly ignoreExtra?: boolean;
  /**
   * Whether the last layers may be missing where only their number of classes is another one, for a network that is
   * trained on with classes of its own; an error by default.
   */
  readonly newHead?: boolean;
}

/** A network's parameters, and what was done to find them. */
export interface FittedParameters {
  /** All of the network's, except those named in `newHead`. */
  readonly parameters: NamedTensors;
  /** What all names of the network began with in the file, `model.` for instance; absent where nothing was removed. */
  readonly prefix?: string;
  /** Names of tensors that were skipped, as in the file. */
  readonly ignored: readonly string[];
  /** Names of the last layers' parameters whose number of classes is another one in the file. */
  readonly newHead: readonly string[];
}

/** The tensors of a file are not a network's parameters. */
export class ParameterFitError extends SafetensorsError {
  constructor(
    source: string,
    problems: readonly string[],
    /** Whether there are tensors that the network does not have, which `ignoreExtra` skips. */
    readonly hasExtra: boolean,
  ) {
    super(source, problems.join("; "));
    this.name = "ParameterFitError";
  }
}

/** How many wrong shapes a message gives. */
const SHOWN_SHAPES = 5;

/**
 * Takes a network's parameters from a file's tensors by their names, those of the tutorial's PyTorch state dict. F16 and
 * BF16 become float32, exactly. A prefix that all of the network's names have in the file (`model.`, `module.`) is
 * removed.
 *
 * @throws ParameterFitError naming every parameter that is missing or has another shape, and every tensor that is not
 *   the network's; SafetensorsError for one that does not hold floating-point numbers
 *
 * @example
 * ```ts
 * const { tensors } = parseSafetensors(bytes);
 * const { parameters } = fitParameters(builtinArchitecture("nin-mnist"), tensors);
 * await model.writeParameters(parameters);
 * ```
 */
export function fitParameters(
  architecture: Architecture,
  tensors: ReadonlyMap<string, StoredTensor>,
  { source = "safetensors", ignoreExtra = false, newHead = false }: FitOptions = {},
): FittedParameters {
  const expected = namedParameters(architecture);
  const prefix = commonPrefix(expected, tensors);
  const given = expected.map((parameter) => ({ parameter, tensor: tensors.get(prefix + parameter.name) }));
  const names = new Set(expected.map(({ name }) => prefix + name));
  const extra = [...tensors.keys()].filter((name) => !names.has(name));
  const missing = given.flatMap(({ parameter, tensor }) => (tensor === undefined ? [parameter.name] : []));
  const reshaped = given.flatMap(({ parameter, tensor }) =>
    tensor === undefined || tensor.shape.join() === parameter.shape.join() ? [] : [{ parameter, tensor }],
  );
  const head = newHead && missing.length === 0 ? headOf(architecture, expected, reshaped) : [];
  const problems = [
    ...(missing.length === 0 ? [] : [missingText(missing, expected, tensors)]),
    ...(reshaped.length === 0 || head.length > 0 ? [] : [shapesText(reshaped)]),
    ...(extra.length === 0 || ignoreExtra ? [] : [extraText(extra, architecture)]),
  ];
  if (problems.length > 0) throw new ParameterFitError(source, problems, extra.length > 0 && !ignoreExtra);
  const parameters = new Map(
    given.flatMap(({ parameter: { name }, tensor }) =>
      tensor === undefined || head.includes(name) ? [] : [[name, floatTensor(tensor, prefix + name, source)]],
    ),
  );
  return { parameters, ...(prefix === "" ? {} : { prefix }), ignored: extra, newHead: head };
}

/** The prefix under which most of the network's names are in the file; none where one of them is there as it is. */
function commonPrefix(
  expected: readonly NamedParameter[],
  tensors: ReadonlyMap<string, StoredTensor>,
): string {
  if (expected.some(({ name }) => tensors.has(name))) return "";
  const counts = new Map<string, number>();
  const known = new Set(expected.map(({ name }) => name));
  for (const name of tensors.keys()) {
    // A prefix ends with a dot: `model.net.0.0.weight` is not the parameter `t.0.0.weight`.
    for (let dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1)) {
      if (!known.has(name.slice(dot + 1))) continue;
      const prefix = name.slice(0, dot + 1);
      counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
    }
  }
  let [best, most] = ["", 0];
  for (const [prefix, count] of counts) if (count > most) [best, most] = [prefix, count];
  return best;
}

interface Reshaped {
  readonly parameter: NamedParameter;
  readonly tensor: StoredTensor;
}

/**
 * The parameters of the last layers, where these alone have other shapes, and nothing but another number of classes
 * explains them; none otherwise.
 */
function headOf(
  architecture: Architecture,
  expected: readonly NamedParameter[],
  reshaped: readonly Reshaped[],
): readonly string[] {
  const last = reshaped.at(-1);
  if (last === undefined || last.parameter !== expected.at(-1)) return [];
  const classes = classCount(architecture);
  const classesInFile = at(last.tensor.shape, 0);
  const first = Math.min(...reshaped.map(({ parameter }) => parameter.ordinal));
  const head = expected.filter(({ ordinal }) => ordinal >= first);
  const isExplained = ({ parameter, tensor }: Reshaped): boolean =>
    differsByClasses(parameter.shape, tensor.shape, classes, classesInFile);
  return head.length === reshaped.length && reshaped.every(isExplained) ? head.map(({ name }) => name) : [];
}

function differsByClasses(expected: Shape, found: Shape, classes: number, classesInFile: number): boolean {
  return (
    expected.length === found.length &&
    expected.every((extent, axis) => {
      const other = at(found, axis);
      return extent === other || (extent === classes && other === classesInFile);
    })
  );
}

function missingText(
  missing: readonly string[],
  expected: readonly NamedParameter[],
  tensors: ReadonlyMap<string, StoredTensor>,
): string {
  const found = missing.length === expected.length ? `; the file has ${shownNames(tensors.keys())}` : "";
  return `expected ${plural(expected.length, "parameter")}, missing: ${shownNames(missing)}${found}`;
}

function shapesText(reshaped: readonly Reshaped[]): string {
  const shown = reshaped.slice(0, SHOWN_SHAPES).map(({ parameter, tensor }) => {
    const [expected, found] = [parameter.shape.join(", "), shownText(tensor.shape.join(", "))];
    return `${parameter.name} expected [${expected}], got [${found}]`;
  });
  const more = reshaped.length > SHOWN_SHAPES ? `, ... (${reshaped.length} in all)` : "";
  return `of another shape: ${shown.join(", ")}${more}`;
}

function extraText(extra: readonly string[], { name }: Architecture): string {
  const are = extra.length === 1 ? "1 tensor that" : `${extra.length} tensors that`;
  return `${are} ${shownText(name)} does not have: ${shownNames(extra)}`;
}

function plural(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}
