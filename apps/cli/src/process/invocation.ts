/** How the command was called, for messages that say what to type next. */
export function invocation(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const { npm_lifecycle_event: script, npm_config_user_agent: agent = "" } = env;
  const pnpm = /^pnpm\/(\S+)/.exec(agent)?.[1];
  // A script of the repository: the same works from a fresh clone.
  return pnpm !== undefined && (script === "nin" || script === "start") ? `npx -y pnpm@${pnpm} nin` : "nin";
}

/** A word for a shell: quoted where it has more than a path's usual characters. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
