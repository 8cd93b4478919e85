import type { ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";

/** A message of the DevTools protocol that is not an answer. */
export interface DevtoolsEvent {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly sessionId?: string;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Speaks the DevTools protocol over a browser's pipes: JSON texts, each ended by a zero byte. */
export class Devtools {
  readonly #waiting = new Map<number, Waiting>();
  readonly #input: Writable;
  #sent = 0;
  #unread = "";
  #complaints = "";
  #ended: Error | undefined;

  constructor(
    browser: ChildProcess,
    readonly onEvent: (event: DevtoolsEvent) => void,
  ) {
    this.#input = browser.stdio[3] as Writable;
    const output = browser.stdio[4] as Readable;
    output.setEncoding("utf8").on("data", (text: string) => this.#read(text));
    browser.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-1000);
    });
    browser.on("error", (error) => this.#end(error));
    browser.on("exit", () => this.#end(new Error(`Chromium ended: ${this.#complaints}`)));
    this.#input.on("error", (error) => this.#end(error));
  }

  /** @throws an `Error` where the browser refuses, or has ended. */
  send(method: string, params: object = {}, sessionId?: string): Promise<unknown> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = ++this.#sent;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  #read(text: string): void {
    const messages = (this.#unread + text).split("\0");
    this.#unread = messages.pop() ?? "";
    for (const message of messages) this.#receive(JSON.parse(message) as Answer | DevtoolsEvent);
  }

  #receive(message: Answer | DevtoolsEvent): void {
    if ("method" in message) {
      this.onEvent(message);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error === undefined) waiting?.resolve(message.result);
    else waiting?.reject(new Error(message.error.message));
  }

  #end(error: Error): void {
    this.#ended = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
