import { resolve } from "node:path";
import { cStrings } from "./c-string.js";

/** What a process and its children touched. Each is sorted, without repetitions. */
export interface Touched {
  /** Host names that a resolver was asked for. */
  readonly names: readonly string[];
  /** Where was connected or sent to: `192.0.2.1:443`, `[2001:db8::1]:53`, `unix:/run/socket`. */
  readonly addresses: readonly string[];
  /** Files and folders opened for writing, created, renamed, linked or removed; absolute. Attempts count. */
  readonly written: readonly string[];
}

const SENDS: readonly string[] = ["connect", "sendto", "sendmsg", "sendmmsg"];
const OPENS: readonly string[] = ["open", "openat", "openat2"];
const CHANGES: readonly string[] = [
  ...["creat", "truncate", "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "mknod", "mknodat"],
  ...["rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat"],
];

/** The system calls that `touchedIn` understands, for strace's `--trace`. */
export const TRACED_CALLS: readonly string[] = [...SENDS, ...OPENS, ...CHANGES];

/** Of a packet to a resolver. */
const HEADER_BYTES = 12;
const LONGEST_LABEL = 63;

const FOR_WRITING = /\bO_(?:WRONLY|RDWR|CREAT|TRUNC|TMPFILE)\b/;
/** A path, relative to the folder of a descriptor where strace shows one: `openat(7</tmp/folder>, "file"`. */
const PATH = /(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"/g;

/** Reads what strace wrote with `--follow-forks --decode-fds=path`. */
export function touchedIn(trace: string, cwd: string): Touched {
  const names = new Set<string>();
  const addresses = new Set<string>();
  const written = new Set<string>();
  for (const line of trace.split("\n")) {
    const [, call, rest] = /^(?:\d+ +)?(\w+)\((.*)$/.exec(line) ?? [];
    if (call === undefined || rest === undefined) continue;
    if (SENDS.includes(call)) {
      for (const address of addressesIn(rest)) addresses.add(address);
      for (const bytes of cStrings(rest)) {
        const name = dnsQuestion(bytes);
        if (name !== undefined) names.add(name);
      }
    } else if (CHANGES.includes(call) || (OPENS.includes(call) && FOR_WRITING.test(withoutStrings(rest)))) {
      for (const path of pathsIn(rest, call, cwd)) written.add(path);
    }
  }
  return { names: sorted(names), addresses: sorted(addresses), written: sorted(written) };
}

function addressesIn(rest: string): readonly string[] {
  const [, port] = /sin6?_port=htons\((\d+)\)/.exec(rest) ?? [];
  const [, v4] = /sin_addr=inet_addr\("([^"]*)"\)/.exec(rest) ?? [];
  const [, v6] = /inet_pton\(AF_INET6, "([^"]*)"/.exec(rest) ?? [];
  const [, unix] = /sun_path=@?"([^"]*)"/.exec(rest) ?? [];
  if (unix !== undefined) return [`unix:${unix}`];
  if (v4 !== undefined) return [`${v4}:${port}`];
  return v6 === undefined ? [] : [`[${v6}]:${port}`];
}

function pathsIn(rest: string, call: string, cwd: string): readonly string[] {
  const paths = [...rest.matchAll(PATH)].map(([, folder, path = ""]) => {
    const name = cStrings(`"${path}"`)[0]?.toString("utf8") ?? "";
    return resolve(cwd, folder ?? "", name);
  });
  // The first string of a symbolic link is what it says, which nothing is done to.
  return call.startsWith("symlink") ? paths.slice(-1) : paths;
}

function withoutStrings(rest: string): string {
  return rest.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
}

function sorted(values: ReadonlySet<string>): readonly string[] {
  return [...values].sort();
}

/**
 * The host name that a packet asks a resolver for; undefined for what is no question.
 *
 * Source: RFC 1035, sections 4.1.1 and 4.1.2: flags of a standard query, one question, labels with
 * their lengths before them, then type and class.
 */
function dnsQuestion(packet: Buffer): string | undefined {
  if (packet.length < HEADER_BYTES + 5) return undefined;
  const isQuery = (packet.readUInt16BE(2) & 0xf800) === 0;
  if (!isQuery || packet.readUInt16BE(4) !== 1 || packet.readUInt16BE(6) !== 0) return undefined;
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = packet[at]; length !== 0; length = packet[at]) {
    if (length === undefined || length > LONGEST_LABEL) return undefined;
    labels.push(packet.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  // Other protocols have bytes that look like a question for the root, which is no host.
  return labels.length > 0 && packet.length >= at + 5 ? labels.join(".") : undefined;
}
