import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EventStream } from "./event-stream.js";
import { type LoopbackServer, startLoopback } from "./loopback.js";

const TEXT = { "Content-Type": "text/plain; charset=utf-8" };
const errors: unknown[] = [];
const streams: EventStream[] = [];
let server: LoopbackServer;

beforeAll(async () => {
  server = await startLoopback({
    port: 0,
    onError: (error) => errors.push(error),
    answer: async ({ path, query }) => {
      if (path === "/") return { headers: TEXT, body: `hello ${query.get("name")}` };
      if (path === "/stream") return { headers: TEXT, body: Readable.from(["a", "b"]) };
      if (path === "/events") return { listen: (stream) => streams.push(stream) };
      if (path === "/own")
        return { headers: { ...TEXT, "Content-Security-Policy": "default-src 'self'" }, body: "" };
      if (path === "/fails") throw new Error("a secret");
      return undefined;
    },
  });
});
afterAll(() => server.close());

interface Asked {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

async function ask(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = "GET",
): Promise<Asked> {
  const asked = request({ host: "127.0.0.1", port: server.port, path, method, headers });
  asked.end();
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  let body = "";
  for await (const chunk of answer.setEncoding("utf8")) body += chunk;
  return { status: answer.statusCode, headers: answer.headers, body };
}

describe("a server for this machine alone", () => {
  it("answers GET and HEAD, with headers that keep others out", async () => {
    const got = await ask("/?name=you");
    expect([got.status, got.body]).toEqual([200, "hello you"]);
    expect(got.headers).toMatchObject({
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      "content-length": "9",
    });
    const head = await ask("/?name=you", {}, "HEAD");
    expect([head.status, head.body, head.headers["content-length"]]).toEqual([200, "", "9"]);
    expect((await ask("/stream")).body).toBe("ab");
    expect((await ask("/stream", {}, "HEAD")).body).toBe("");
    expect((await ask("/own")).headers["content-security-policy"]).toBe("default-src 'self'");
    expect(server.url).toBe(`http://127.0.0.1:${server.port}/`);
  });

  it.each(["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])("refuses %s", async (method) => {
    const { status, headers, body } = await ask("/", {}, method);
    expect([status, headers.allow, body]).toEqual([405, "GET, HEAD", "nin: expected GET or HEAD\n"]);
  });

  it("has nothing at other addresses", async () => {
    for (const path of ["/nothing", "//127.0.0.1/", "/../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/%"]) {
      expect((await ask(path)).status, path).toBe(404);
    }
    expect((await ask("http://evil.example/")).status).toBe(400);
    expect((await ask("/nothing", {}, "HEAD")).body).toBe("");
  });

  it("says no more than that of an error, and goes on", async () => {
    const { status, body } = await ask("/fails");
    expect([status, body]).toEqual([500, "nin: an internal error\n"]);
    expect(errors.map(String)).toEqual(["Error: a secret"]);
    expect((await ask("/")).status).toBe(200);
  });
});

describe("requests of other sites' pages", () => {
  const own = (): string => `127.0.0.1:${server.port}`;

  it.each([
    ["a name that was rebound", { Host: "evil.example" }],
    ["such a name with the port", { Host: "evil.example:8765" }],
    ["a name that begins as ours", { Host: "localhost.evil.example" }],
    ["a name with a user", { Host: "localhost@evil.example" }],
    ["another address of this machine", { Host: "192.168.0.1" }],
    ["another origin", { Origin: "https://evil.example" }],
    ["another port of this machine", { Origin: "http://127.0.0.1:1" }],
    ["no origin that is known", { Origin: "null" }],
    ["a picture in another site's page", { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors" }],
    ["a script of another port", { "Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors" }],
    [
      "a frame in another site's page",
      { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe" },
    ],
  ])("are refused: %s", async (_name, headers: Readonly<Record<string, string>>) => {
    const { status, body } = await ask("/", headers);
    expect(status).toBe(403);
    expect(body).toMatch(/^nin: this server answers requests (?:to|of) [^\n]+\n$/);
  });

  it("are not those of our own, through a tunnel too, or a link that is followed", async () => {
    for (const headers of [
      { Origin: `http://${own()}`, Host: own() },
      { Host: "localhost:9000", Origin: "http://localhost:9000" },
      { Host: "LOCALHOST" },
      { Host: "[::1]:9000" },
      { "Sec-Fetch-Site": "same-origin" },
      { "Sec-Fetch-Site": "none" },
      { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document" },
    ]) {
      expect((await ask("/", headers)).status, JSON.stringify(headers)).toBe(200);
    }
  });
});

describe("events", () => {
  it("are sent while the client listens, and stop when it is gone", async () => {
    const asked = request({ host: "127.0.0.1", port: server.port, path: "/events" });
    asked.on("error", () => {});
    asked.end();
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    expect(answer.headers["content-type"]).toBe("text/event-stream");
    const [stream] = streams.splice(0) as [EventStream];
    stream.send("update", { text: "a\nb" });
    let text = "";
    for await (const chunk of answer.setEncoding("utf8")) {
      text += chunk;
      if (text.includes("update")) break;
    }
    expect(text).toContain('retry: 2000\n\nevent: update\ndata: {"text":"a\\nb"}\n\n');
    const closed = new Promise<void>((resolve) => stream.onClose(resolve));
    asked.destroy();
    await closed;
    expect(stream.isOpen).toBe(false);
    stream.send("update", {});
    expect((await ask("/events", {}, "HEAD")).status).toBe(200);
  });

  it("cut off a client that does not read", async () => {
    const socket = connect(server.port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write(`GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    socket.pause();
    while (streams.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const [stream] = streams.splice(0) as [EventStream];
    const text = "x".repeat(1 << 22);
    for (let count = 0; count < 20 && stream.isOpen; count += 1) stream.send("update", text);
    expect(stream.isOpen).toBe(false);
    socket.destroy();
  });
});

it("a port in use is one clear line", async () => {
  const options = { answer: async () => undefined, onError: () => {} };
  await expect(startLoopback({ ...options, port: server.port })).rejects.toMatchObject({
    code: "NIN_USAGE",
    message: `port ${server.port} of 127.0.0.1 is in use: choose another one with --port N, or any that is free with --port 0`,
  });
});
