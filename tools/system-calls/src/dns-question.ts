const HEADER_BYTES = 12;
const LONGEST_LABEL = 63;

/**
 * The host name that a packet asks a resolver for; undefined for what is no question.
 *
 * Source: RFC 1035, sections 4.1.1 and 4.1.2: flags of a standard query, one question, labels with
 * their lengths before them, then type and class.
 */
export function dnsQuestion(packet: Buffer): string | undefined {
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
