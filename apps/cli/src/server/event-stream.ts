import type { ServerResponse } from "node:http";

/** More than this waiting to be sent, and a client is too slow. Units: bytes. */
const MOST_WAITING_BYTES = 1 << 24;
/** Between comments that keep a connection from being taken for dead. Units: milliseconds. */
const HEARTBEAT_MS = 15_000;
/** After which a browser tries to connect again. Units: milliseconds. */
const RETRY_MS = 2000;

/** Server-sent events to one client. Its headers have been sent. */
export class EventStream {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.write(`retry: ${RETRY_MS}\n\n`);
    const heartbeat = setInterval(() => response.write(":\n\n"), HEARTBEAT_MS);
    heartbeat.unref();
    response.on("close", () => clearInterval(heartbeat));
    // The client is gone, which `close` reports too.
    response.on("error", () => {});
  }

  get isOpen(): boolean {
    return !this.#response.destroyed;
  }

  /** Calls back once the client is gone. */
  onClose(callback: () => void): void {
    this.#response.on("close", callback);
  }

  /**
   * Sends an event with its data as JSON. A client that does not read what it is sent is cut off: it connects anew and
   * is sent the state of then.
   */
  send(event: string, data: unknown): void {
    this.sendText(event, JSON.stringify(data));
  }

  /** As `send`, of JSON text that several clients are sent. */
  sendText(event: string, json: string): void {
    if (!this.isOpen) return;
    // JSON has no line breaks of its own.
    this.#response.write(`event: ${event}\ndata: ${json}\n\n`);
    if (this.#response.writableLength > MOST_WAITING_BYTES) this.#response.destroy();
  }
}
