import {
  type Architecture,
  at,
  JsonError,
  parseArchitecture,
  parseJson,
  present,
  SpecError,
} from "@nin/spec";
import { findNodeAtLocation, type JSONPath, type Node, parseTree } from "jsonc-parser";

/** Something in a text that is not as it must be. Units: UTF-16 code units from the beginning of the text. */
export interface Problem {
  readonly message: string;
  readonly from: number;
  /** At least `from`; what is missing has no length. */
  readonly to: number;
}

/** A text, and the architecture that it is, or what prevents that. */
export type ArchitectureText =
  | { readonly text: string; readonly architecture: Architecture; readonly problems: readonly [] }
  | {
      readonly text: string;
      readonly architecture?: undefined;
      readonly problems: readonly [Problem, ...Problem[]];
    };

/**
 * Reads a text as `parseArchitecture` of `@nin/spec` reads a file, and finds the place of what it refuses.
 *
 * @example
 * ```ts
 * const { architecture, problems } = checkArchitectureText(text);
 * ```
 */
export function checkArchitectureText(text: string): ArchitectureText {
  try {
    return { text, architecture: parseArchitecture(parseJson(text, "architecture")), problems: [] };
  } catch (error) {
    if (error instanceof JsonError) return { text, problems: [jsonProblem(text, error)] };
    if (error instanceof SpecError) return { text, problems: [specProblem(text, error)] };
    throw error;
  }
}

/** `line 3, column 5`, from 1. */
export function placeText(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `line ${before.length}, column ${at(before, -1).length + 1}`;
}

function jsonProblem(text: string, { line, column, problem }: JsonError): Problem {
  const before = text.split("\n", line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  const from = Math.min(text.length, before + column - 1);
  const [word] = /^(?:[\w$.+-]+|.)?/u.exec(text.slice(from)) ?? [""];
  // The place is shown where the problem is.
  return { message: problem.replace(/^line \d+, column \d+: /, ""), from, to: from + word.length };
}

function specProblem(text: string, { path, message }: SpecError): Problem {
  const root = parseTree(text);
  const steps = stepsOf(path);
  // What is missing is shown where it should be: in the nearest thing that is there.
  for (let length = steps.length; root !== undefined && length >= 0; length -= 1) {
    const node = findNodeAtLocation(root, steps.slice(0, length));
    if (node !== undefined) return { message, ...rangeOf(text, node, length === steps.length) };
  }
  return { message, from: 0, to: 0 };
}

/** `layers[3].kernelSize` as `["layers", 3, "kernelSize"]`. */
function stepsOf(path: string): JSONPath {
  if (path === "(root)" || path === "") return [];
  return Array.from(path.matchAll(/\[(\d+)\]|([^.[\]]+)/g), ([, index, name]) =>
    index === undefined ? present(name, "the name of a field") : Number(index),
  );
}

/** A field with its name; of what is longer than a line, or lacks something, its first line. */
function rangeOf(
  text: string,
  node: Node,
  isItself: boolean,
): { readonly from: number; readonly to: number } {
  const { offset, length } = isItself && node.parent?.type === "property" ? node.parent : node;
  const lineEnd = text.indexOf("\n", offset);
  return { from: offset, to: Math.min(offset + length, lineEnd < 0 ? text.length : lineEnd) };
}
