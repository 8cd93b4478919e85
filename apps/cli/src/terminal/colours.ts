import { styleText } from "node:util";

/** What a text means, which its colour shows. */
export type Role = "error" | "warning" | "good" | "bad" | "strong";

/** Colours a text, or leaves it as it is. */
export type Paint = (role: Role, text: string) => string;

const STYLES = {
  error: ["red", "bold"],
  warning: ["yellow", "bold"],
  good: "green",
  bad: "red",
  strong: "bold",
} as const satisfies Record<Role, Parameters<typeof styleText>[0]>;

/** The part of a stream that colours depend on. */
export interface ColouredStream {
  readonly isTTY?: boolean;
}

/**
 * Whether to write to a stream in colour. `NO_COLOR` forbids it unless it is empty (no-color.org);
 * `FORCE_COLOR` asks for it, or forbids it as `0` and `false`; else a terminal has colours that is not `TERM=dumb`.
 */
export function hasColours({ isTTY }: ColouredStream, env: NodeJS.ProcessEnv): boolean {
  const { NO_COLOR: forbidden = "", FORCE_COLOR: forced = "", TERM: terminal } = env;
  if (forbidden !== "") return false;
  if (forced !== "") return forced !== "0" && forced !== "false";
  return isTTY === true && terminal !== "dumb";
}

export function painter(stream: ColouredStream, env: NodeJS.ProcessEnv = process.env): Paint {
  if (!hasColours(stream, env)) return (_role, text) => text;
  return (role, text) => styleText(STYLES[role], text, { validateStream: false });
}

/** `nin: ...` and `Warning: ...` with their first word in colour. */
export function paintedNote(line: string, paint: Paint): string {
  const prefix = ["nin:", "Warning:"].find((word) => line.startsWith(`${word} `));
  if (prefix === undefined) return line;
  return `${paint(prefix === "nin:" ? "error" : "warning", prefix)}${line.slice(prefix.length)}`;
}
