import { at } from "./present.js";
import { shownText, shownValue } from "./shown.js";

/** How deep arrays and objects may lie in each other: far more than any file of this project has. */
export const MAX_JSON_DEPTH = 64;

export interface JsonOptions {
  /** Whether a number with a fraction or an exponent is refused, as `8e0` is where a format wants integers. */
  readonly integersOnly?: boolean;
}

/** Text that is not JSON, or JSON that no program should rely on. `code` is `NIN_JSON`. */
export class JsonError extends Error {
  readonly code: string = "NIN_JSON";
  /** The message without the source. */
  readonly problem: string;

  constructor(
    /** The file, or what stands for it. */
    readonly source: string,
    /** From 1. */
    readonly line: number,
    /** From 1. Units: UTF-16 code units. */
    readonly column: number,
    problem: string,
  ) {
    const placed = `line ${line}, column ${column}: ${problem}`;
    super(`${shownText(source, 4096)}: ${placed}`);
    this.problem = placed;
    this.name = "JsonError";
  }
}

/**
 * Parses JSON (RFC 8259) within bounds: values lie at most `MAX_JSON_DEPTH` deep in each other, and no object has a
 * name twice, since parsers differ in which of the two they take.
 *
 * @param text - the whole text
 * @param source - what the message calls it, a path for instance
 * @returns the value, as `JSON.parse` gives it
 * @throws `JsonError` with line and column of the first fault
 */
export function parseJson(text: string, source: string, options: JsonOptions = {}): unknown {
  new JsonScanner(text, source, options).scan();
  return JSON.parse(text);
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const LITERALS = ["true", "false", "null"] as const;

/** Walks over a JSON text once and throws at its first fault. */
class JsonScanner {
  #position = 0;

  constructor(
    private readonly text: string,
    private readonly source: string,
    private readonly options: JsonOptions,
  ) {}

  scan(): void {
    if (this.text.startsWith("\ufeff"))
      this.#fail("expected JSON, found a byte order mark; save the file as UTF-8 without one");
    this.#skipSpace();
    this.#value(0);
    this.#skipSpace();
    if (this.#position < this.text.length) this.#failExpected("the end of the text");
  }

  #value(depth: number): void {
    const character = this.text[this.#position];
    if (character === "{") this.#object(depth + 1);
    else if (character === "[") this.#array(depth + 1);
    else if (character === '"') this.#string();
    else if (character === "-" || isDigit(character)) this.#number();
    else this.#literal();
  }

  #object(depth: number): void {
    this.#open(depth);
    const names = new Set<string>();
    if (this.#taken("}")) return;
    do {
      this.#skipSpace();
      const start = this.#position;
      if (this.text[start] !== '"') this.#failExpected('a name in double quotes or "}"');
      this.#string();
      const name: string = JSON.parse(this.text.slice(start, this.#position));
      if (names.has(name)) {
        this.#position = start;
        this.#fail(`the name ${shownValue(name)} stands twice in one object`);
      }
      names.add(name);
      this.#skipSpace();
      if (!this.#taken(":")) this.#failExpected('":"');
      this.#skipSpace();
      this.#value(depth);
      this.#skipSpace();
    } while (this.#taken(","));
    if (!this.#taken("}")) this.#failExpected('"," or "}"');
  }

  #array(depth: number): void {
    this.#open(depth);
    if (this.#taken("]")) return;
    do {
      this.#skipSpace();
      this.#value(depth);
      this.#skipSpace();
    } while (this.#taken(","));
    if (!this.#taken("]")) this.#failExpected('"," or "]"');
  }

  #open(depth: number): void {
    if (depth > MAX_JSON_DEPTH) this.#fail(`nested more than ${MAX_JSON_DEPTH} levels deep`);
    this.#position += 1;
    this.#skipSpace();
  }

  #string(): void {
    this.#position += 1;
    for (;;) {
      const code = this.text.charCodeAt(this.#position);
      if (Number.isNaN(code)) this.#failExpected('a closing "');
      if (code === 0x22) break;
      if (code < 0x20) this.#fail("a control character in a string must be escaped");
      if (code !== 0x5c) this.#position += 1;
      else if (this.#matched(ESCAPE) === undefined)
        this.#fail("an escape in a string that JSON does not have");
    }
    this.#position += 1;
  }

  #number(): void {
    const start = this.#position;
    const match = this.#matched(NUMBER);
    const [written = this.#failExpected("a digit"), fraction, exponent] = match ?? [];
    if (this.options.integersOnly === true && (fraction !== undefined || exponent !== undefined)) {
      this.#position = start;
      this.#fail(`expected an integer, found ${shownText(written)}`);
    }
  }

  #literal(): void {
    const literal = LITERALS.find((word) => this.text.startsWith(word, this.#position));
    if (literal === undefined) this.#failExpected("a value");
    else this.#position += literal.length;
  }

  #matched(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.text);
    if (match === null) return undefined;
    this.#position = pattern.lastIndex;
    return match;
  }

  #taken(character: string): boolean {
    if (this.text[this.#position] !== character) return false;
    this.#position += 1;
    return true;
  }

  #skipSpace(): void {
    while (isSpace(this.text[this.#position])) this.#position += 1;
  }

  #failExpected(expected: string): never {
    const rest = this.text.slice(this.#position, this.#position + 20);
    const [found] = /^(?:[\w$.+-]+|.)/u.exec(rest) ?? [rest];
    this.#fail(`expected ${expected}, found ${found === "" ? "the end of the text" : shownText(found)}`);
  }

  #fail(problem: string): never {
    const before = this.text.slice(0, this.#position).split("\n");
    const column = at(before, -1).length + 1;
    throw new JsonError(this.source, before.length, column, problem);
  }
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= "0" && character <= "9";
}

function isSpace(character: string | undefined): boolean {
  return character === " " || character === "\n" || character === "\t" || character === "\r";
}
