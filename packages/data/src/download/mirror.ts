import { shownText } from "@nin/spec";

/** A file of a mirror, and how to ask for it. */
export interface MirrorFile {
  /** Without user and password: fetch refuses a URL that has them. */
  readonly url: string;
  /** Of a mirror whose URL has a user or a password. fetch does not send it to another host when redirected. */
  readonly authorization?: string;
}

/** A mirror's folder for use in a message: without user, password and query, which may hold a token. */
export function shownMirror(mirror: string): string {
  const url = httpUrl(mirror);
  // In what is no URL nobody can say where a password ends.
  if (url === undefined) return /[@?]/.test(mirror) ? "a mirror" : shownText(mirror);
  return shownText(withoutSecrets(url.href));
}

/**
 * Where a mirror has a file.
 *
 * @param mirror - a folder on the web; a query stays at the end
 * @returns undefined when the mirror is no http or https URL
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

/** A text without the user, password and query of the URLs in it. */
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
    // A percent sign that begins no escape stands for itself.
    return text;
  }
}
