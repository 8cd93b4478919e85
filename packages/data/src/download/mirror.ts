import { shownText } from "@nin/spec";

/** A file on a mirror, and how to request it. */
export interface MirrorFile {
  /** Without user and password, as `fetch` refuses a URL that contains them. */
  readonly url: string;
  /** Present when the mirror's URL has a user or a password. `fetch` does not send it to another host on a redirect. */
  readonly authorization?: string;
}

/** A mirror's URL for messages: without user, password and query, which may contain a token. */
export function shownMirror(mirror: string): string {
  const url = httpUrl(mirror);
  // In a text that is not a URL the end of a password cannot be found.
  if (url === undefined) return /[@?]/.test(mirror) ? "a mirror" : shownText(mirror);
  return shownText(withoutSecrets(url.href));
}

/**
 * Where to find a file on a mirror.
 *
 * @param mirror - the URL of a folder; a query stays at the end
 * @returns `undefined` when the mirror is not an http or https URL
 */
export function mirrorFile(mirror: string, name: string): MirrorFile | undefined {
  const url = httpUrl(mirror);
  if (url === undefined) return undefined;
  const { username, password } = url;
  url.username = "";
  url.password = "";
  url.hash = "";
  url.pathname = `${url.pathname.replace(/\/$/, "")}/${name}`;
  if (username === "" && password === "") return { url: url.href };
  const credentials = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString("base64");
  return { url: url.href, authorization: `Basic ${credentials}` };
}

/** A text with the user, password and query of its URLs removed. */
export function withoutSecrets(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#]*@/gi, "$1***@")
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s?#]*)[?#]\S*/gi, "$1?***");
}

function httpUrl(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === "http:" || url.protocol === "https:" ? url : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that does not start an escape is taken literally.
    return text;
  }
}
