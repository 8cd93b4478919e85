import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Chromium, type ChromiumOptions, unpackChromium } from "./chromium.js";
import { Devtools, type DevtoolsEvent } from "./devtools.js";

const EVENTS_OF_INTEREST = ["Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled"];
const LOADED =
  "new Promise((done) => (document.readyState === 'complete' ? done() : addEventListener('load', done)))";

const KEY_CODES = { Enter: 13, Tab: 9, " ": 32 } as const;

/** A page as a browser shows it. */
export interface BrowserPage {
  /** Exceptions, messages and violations of the page's policy so far. */
  readonly complaints: readonly string[];
  /** Addresses that were asked for so far, except `data:`. */
  readonly requests: readonly string[];
  /** The value of an expression in the page. */
  evaluate(expression: string): Promise<unknown>;
  /** Sets the width of the window, and media features as `{ "prefers-color-scheme": "dark" }`. */
  emulate(width: number, features?: Readonly<Record<string, string>>): Promise<void>;
  /** Presses a key where the focus is: `Enter`, `Tab`, or a space. */
  press(key: "Enter" | "Tab" | " "): Promise<void>;
  /** A picture, as PNG, of the first `height` pixels of the page. */
  screenshot(height: number): Promise<Buffer>;
}

/** A headless browser for tests. */
export class Browser {
  #opened = 0;

  private constructor(
    private readonly chromium: Chromium,
    private readonly devtools: Devtools,
    private readonly listeners: Set<(event: DevtoolsEvent) => void>,
  ) {}

  /** @throws an `Error` where none runs on this machine. */
  static async start(options: ChromiumOptions = {}): Promise<Browser> {
    const chromium = await unpackChromium(options);
    const listeners = new Set<(event: DevtoolsEvent) => void>();
    const devtools = new Devtools(chromium.start(), (event) => {
      for (const listener of listeners) listener(event);
    });
    try {
      await devtools.send("Browser.getVersion");
    } catch (error) {
      await chromium.remove();
      throw error;
    }
    return new Browser(chromium, devtools, listeners);
  }

  /** Opens a document from a file, in a window of the given width. */
  async open(document: string, width: number): Promise<BrowserPage> {
    const file = join(this.chromium.folder, `page-${this.#opened++}.html`);
    await writeFile(file, document);
    return this.visit(pathToFileURL(file).href, width);
  }

  /** Opens the page at an address, in a window of the given width. */
  async visit(url: string, width: number): Promise<BrowserPage> {
    const { targetId } = (await this.devtools.send("Target.createTarget", { url: "about:blank" })) as {
      targetId: string;
    };
    const { sessionId } = (await this.devtools.send("Target.attachToTarget", {
      targetId,
      flatten: true,
    })) as { sessionId: string };
    const page = this.#page(sessionId);
    for (const domain of ["Page", "Runtime", "Log", "Network"]) await page.send(`${domain}.enable`);
    await page.emulate(width);
    await page.send("Page.navigate", { url });
    await page.evaluate(LOADED);
    return page;
  }

  async close(): Promise<void> {
    await this.devtools.send("Browser.close").catch(() => undefined);
    await this.chromium.remove();
  }

  #page(sessionId: string): BrowserPage & { send(method: string, params?: object): Promise<unknown> } {
    const complaints: string[] = [];
    const requests: string[] = [];
    const send = (method: string, params?: object): Promise<unknown> =>
      this.devtools.send(method, params, sessionId);
    this.listeners.add((event) => {
      if (event.sessionId !== sessionId) return;
      if (EVENTS_OF_INTEREST.includes(event.method)) complaints.push(JSON.stringify(event.params));
      if (event.method === "Network.requestWillBeSent") {
        const { url } = event.params.request as { url: string };
        if (!url.startsWith("data:")) requests.push(url);
      }
    });
    return {
      complaints,
      requests,
      send,
      async evaluate(expression) {
        const answer = (await send("Runtime.evaluate", {
          expression,
          returnByValue: true,
          awaitPromise: true,
        })) as { result: { value?: unknown }; exceptionDetails?: object };
        if (answer.exceptionDetails !== undefined) throw new Error(JSON.stringify(answer.exceptionDetails));
        return answer.result.value;
      },
      async press(key) {
        const text = key === "Enter" ? "\r" : key === " " ? " " : undefined;
        const event = { key, code: key === " " ? "Space" : key, windowsVirtualKeyCode: KEY_CODES[key] };
        const down = text === undefined ? { type: "rawKeyDown" } : { type: "keyDown", text };
        await send("Input.dispatchKeyEvent", { ...event, ...down });
        await send("Input.dispatchKeyEvent", { ...event, type: "keyUp" });
      },
      async screenshot(height) {
        const width = (await this.evaluate("innerWidth")) as number;
        const clip = { x: 0, y: 0, width, height, scale: 1 };
        const { data } = (await send("Page.captureScreenshot", { clip, captureBeyondViewport: true })) as {
          data: string;
        };
        return Buffer.from(data, "base64");
      },
      async emulate(windowWidth, features = {}) {
        await send("Emulation.setDeviceMetricsOverride", {
          width: windowWidth,
          height: 900,
          deviceScaleFactor: 1,
          mobile: false,
        });
        await send("Emulation.setEmulatedMedia", {
          features: Object.entries(features).map(([name, value]) => ({ name, value })),
        });
      },
    };
  }
}
