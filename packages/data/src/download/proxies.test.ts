import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer, request as httpRequest, type IncomingMessage, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { pathToFileURL } from "node:url";
import { inspect, promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { emptyFolder, publishedSmallSet } from "../testing/idx-folder.js";
import { serveMirror } from "../testing/mirror-server.js";
import { downloadFile } from "./download.js";
import { openWeb } from "./proxies.js";

const { files, bytes } = publishedSmallSet();
const file = files.trainImages;
const whole = bytes.get(file.name) ?? Buffer.alloc(0);
const fixtures = join(import.meta.dirname, "../testing/fixtures");

/** The proxy's answer to a request without this is 407. */
const CREDENTIALS = `Basic ${Buffer.from("me:p@ss").toString("base64")}`;

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A proxy that wants a user and a password. What it was asked for, and its URL with these or those. */
async function serveProxy() {
  const asked: string[] = [];
  const allowed = (request: IncomingMessage) => {
    const known = request.headers["proxy-authorization"] === CREDENTIALS;
    asked.push(`${known ? "" : "407 "}${request.method} ${request.url}`);
    return known;
  };
  const server = createServer((request, response) => {
    if (!allowed(request)) return void response.writeHead(407).end();
    const { "proxy-authorization": _, ...headers } = request.headers;
    httpRequest(request.url ?? "", { headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    }).end();
  });
  server.on("connect", (request: IncomingMessage, client: Duplex) => {
    client.on("error", () => {});
    if (!allowed(request)) return void client.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    const [host, port] = (request.url ?? "").split(":");
    const target: Socket = connect(Number(port), host, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      client.pipe(target).pipe(client);
    });
    target.on("error", () => client.destroy());
  });
  const port = await listening(server);
  return {
    asked,
    port,
    url: `http://me:p%40ss@127.0.0.1:${port}`,
    wrong: `http://me:secret@127.0.0.1:${port}`,
  };
}

async function download(url: string, env: Record<string, string>): Promise<string | undefined> {
  const target = join(await emptyFolder(), file.name);
  const error = await downloadFile(file, target, { mirrors: [url], env }).then(
    () => undefined,
    (reason: Error) => {
      expect(inspect(reason, { depth: 9, showHidden: true })).not.toMatch(/sec\/?ret/);
      return reason.message;
    },
  );
  if (error === undefined) expect(await readFile(target)).toEqual(whole);
  return error;
}

describe("the environment's proxies", () => {
  it.each(["HTTP_PROXY", "http_proxy"])(
    "%s is asked, without a tunnel, with its user and password",
    async (name) => {
      const proxy = await serveProxy();
      await using mirror = await serveMirror(bytes, "ranges");
      expect(await download(mirror.url, { [name]: proxy.url })).toBeUndefined();
      expect(proxy.asked).toEqual([`GET ${mirror.url}${file.name}`]);
      expect(mirror.requests).toHaveLength(1);
    },
  );

  it("one without a scheme is http; lower case goes before, an empty one being none", async () => {
    const proxy = await serveProxy();
    await using mirror = await serveMirror(bytes, "ranges");
    expect(await download(mirror.url, { HTTP_PROXY: ` me:p%40ss@127.0.0.1:${proxy.port} ` })).toBeUndefined();
    expect(proxy.asked).toHaveLength(1);
    expect(await download(mirror.url, { http_proxy: "", HTTP_PROXY: proxy.url })).toBeUndefined();
    expect(await download(mirror.url, { HTTPS_PROXY: proxy.url })).toBeUndefined();
    expect(proxy.asked).toHaveLength(1);
  });

  it.each([
    ["127.0.0.1", false],
    ["example.org, 127.0.0.1", false],
    ["*", false],
    [" * ", false],
    ["example.org,.127.0.0.1", false],
    ["127.0.0.1:PORT", false],
    ["127.0.0.1:1", true],
    ["27.0.0.1", true],
    ["localhost", true],
    ["", true],
  ])("with NO_PROXY=%j: %s", async (list, proxied) => {
    const proxy = await serveProxy();
    await using mirror = await serveMirror(bytes, "ranges");
    const NO_PROXY = list.replace("PORT", new URL(mirror.url).port);
    expect(await download(mirror.url, { HTTP_PROXY: proxy.url, NO_PROXY })).toBeUndefined();
    expect(proxy.asked).toHaveLength(proxied ? 1 : 0);
  });

  it("that refuse are named by their variables alone", async () => {
    const proxy = await serveProxy();
    await using mirror = await serveMirror(bytes, "ranges");
    const refused = "could not be reached: the proxy expects another user and password (407)";
    expect(await download(mirror.url, { http_proxy: proxy.wrong })).toBe(
      `${mirror.url} ${refused} (with the proxies of http_proxy)`,
    );
    expect(await download("https://host.invalid/", { HTTPS_PROXY: proxy.wrong })).toBe(
      `https://host.invalid/ ${refused} (with the proxies of HTTPS_PROXY)`,
    );
    expect(proxy.asked).toEqual([`407 GET ${mirror.url}${file.name}`, "407 CONNECT host.invalid:443"]);
  });

  it("that are not there, or are none, are one line without their passwords", async () => {
    await using mirror = await serveMirror(bytes, "ranges");
    const absent = await download(mirror.url, { HTTP_PROXY: "http://me:secret@127.0.0.1:1" });
    expect(absent).toMatch(
      /fetch failed: connect ECONNREFUSED 127\.0\.0\.1:1 \(with the proxies of HTTP_PROXY\)$/,
    );
    for (const wrong of ["ftp://me:secret@host", "http://me:sec/ret@host", "http://", "me%:secret@host"]) {
      const error = await download(mirror.url, { HTTPS_PROXY: wrong });
      expect(error).toBe("HTTPS_PROXY: expected a proxy of the form http://host:port, got something else");
    }
    expect(mirror.requests).toEqual([]);
  });

  it.each(["http", "https"])("that do not answer are given up (%s)", async (protocol) => {
    const silent = createServer(() => {}).on(
      "connect",
      (_, client: Duplex) => void client.on("error", () => {}),
    );
    const port = await listening(silent);
    const target = join(await emptyFolder(), file.name);
    const downloading = downloadFile(file, target, {
      mirrors: [`${protocol}://host.invalid/`],
      env: { HTTP_PROXY: `http://127.0.0.1:${port}` },
      stallMs: 300,
    });
    await expect(downloading).rejects.toThrow("sent nothing for 300 ms (with the proxies of HTTP_PROXY)");
  });

  it("leave Node's own fetch as it is", async () => {
    const proxy = await serveProxy();
    await using mirror = await serveMirror(bytes, "ranges");
    await using web = await openWeb({ HTTP_PROXY: proxy.url });
    expect(web.proxyVariables).toEqual(["HTTP_PROXY"]);
    expect(Buffer.from(await (await fetch(mirror.url + file.name)).arrayBuffer())).toEqual(whole);
    expect(proxy.asked).toEqual([]);
  });
});

describe("https", () => {
  /** Downloads from an https mirror in a process of its own, as who is trusted is decided when that starts. */
  async function downloadSecurely(env: Record<string, string>): Promise<string> {
    const [key, cert] = await Promise.all(
      ["localhost.key", "localhost.crt"].map((name) => readFile(join(fixtures, name))),
    );
    const server = createSecureServer({ key, cert }, (_, response) => response.end(whole));
    const port = await listening(server as unknown as Server);
    const program = `import Module from "node:module"; const { downloadFile } = await import(process.argv[1]);
      const file = JSON.parse(process.argv[2]);
      await downloadFile(file, process.argv[3], { mirrors: [process.argv[4]] }).then(
        () => {
          const loaded = Object.keys(Module._cache).some((path) => path.includes("undici"));
          console.log(loaded ? "downloaded by undici" : "downloaded");
        }, (error) => console.log(error.message));`;
    const entry = pathToFileURL(join(import.meta.dirname, "../../dist/download/download.js")).href;
    const target = join(await emptyFolder(), file.name);
    const args = [entry, JSON.stringify(file), target, `https://localhost:${port}/`];
    const run = promisify(execFile)(process.execPath, ["--input-type=module", "-e", program, ...args], {
      env: { PATH: process.env.PATH, ...env },
    });
    const { stdout, stderr } = await run;
    expect(stderr).toBe("");
    return stdout.trim().replaceAll(`${port}`, "PORT");
  }
  const trusting = { NODE_EXTRA_CA_CERTS: join(fixtures, "localhost.crt") };

  it("goes through a tunnel of HTTPS_PROXY, or of HTTP_PROXY when there is no other", async () => {
    for (const name of ["HTTPS_PROXY", "http_proxy"]) {
      const proxy = await serveProxy();
      expect(await downloadSecurely({ ...trusting, [name]: proxy.url })).toBe("downloaded by undici");
      expect(proxy.asked.map((request) => request.replace(/\d+$/, ""))).toEqual(["CONNECT localhost:"]);
    }
  });

  it.each([false, true])(
    "of a mirror that nobody vouches for is refused (through a proxy: %s)",
    async (proxied) => {
      const env = proxied ? { HTTPS_PROXY: (await serveProxy()).url } : {};
      const end = proxied ? " (with the proxies of HTTPS_PROXY)" : "";
      expect(await downloadSecurely(env)).toBe(
        `https://localhost:PORT/ fetch failed: self-signed certificate${end}`,
      );
    },
  );
});
