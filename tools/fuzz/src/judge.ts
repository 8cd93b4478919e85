/** Limits of one input. */
export const LIMITS = { elapsedMs: 10_000, memoryBytes: 1_000_000_000, messageCharacters: 2_000 } as const;

/** What is wrong with the way an input was refused; undefined when it was refused as it should be. */
export function faultOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return `threw what is no Error: ${String(error)}`;
  const { code } = error as { readonly code?: unknown };
  if (typeof code !== "string" || !code.startsWith("NIN_"))
    return `${error.name}: ${error.message.slice(0, 300)}\n${error.stack?.split("\n").slice(1, 5).join("\n")}`;
  return faultOfMessage(error.message);
}

/** What is wrong with a message: not one short line of printable text. */
export function faultOfMessage(message: string): string | undefined {
  if (message.length > LIMITS.messageCharacters) {
    return `a message of ${message.length} characters: ${message.slice(0, 200)}`;
  }
  const control = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.exec(message)?.[0];
  if (control === undefined) return undefined;
  return `a message with U+${control.charCodeAt(0).toString(16).padStart(4, "0")}: ${JSON.stringify(message.slice(0, 300))}`;
}
