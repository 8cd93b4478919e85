import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConformanceReport, conformanceCases } from "@nin/conformance";
import { useBrowser } from "@nin/headless-chromium";
import { endOf } from "@nin/test-support";
import { expect, it } from "vitest";
import { type ServedPage, servePage } from "./page/bundle.js";

// A script, which `measure browser-conformance` starts and gives these variables.
const { NIN_SUITE_DEVICE: device = "wasm", NIN_SUITE_OUT: out, NIN_SUITE_FIREFOX: firefox } = process.env;
const quick = process.env.NIN_SUITE_QUICK === "1";
const threads = Number(process.env.NIN_SUITE_THREADS ?? 1);

const LONGEST_MS = 12 * 3_600_000;

/** What the page sends. */
type PageReport =
  | { readonly error: string }
  | { readonly report: ConformanceReport; readonly browser: string; readonly devices: object };

if (firefox === undefined) {
  const browserOf = useBrowser({ webgpu: true });
  it(`${device} in Chromium`, { timeout: LONGEST_MS }, async (context) => {
    await runSuite(async (url) => {
      const { page } = await browserOf(context).visit(url, 800);
      const crashed = new Promise<never>((_, reject) => {
        page.on("crash", () => reject(new Error("the page has crashed")));
      });
      return { crashed, close: async () => undefined };
    });
  });
} else {
  it(`${device} in Firefox`, { timeout: LONGEST_MS }, () =>
    runSuite(async (url) => {
      const profile = await mkdtemp(join(tmpdir(), "nin-firefox-"));
      await writeFile(join(profile, "user.js"), QUIET_PREFERENCES);
      const args = ["--headless", "--no-remote", "--profile", profile, url];
      const env = { ...process.env, HOME: profile };
      const browser = spawn(firefox, args, { stdio: ["ignore", "ignore", "pipe"], env });
      let said = "";
      browser.stderr.setEncoding("utf8").on("data", (text: string) => {
        said = (said + text).slice(-2000);
      });
      const crashed = endOf(browser).then((status) => {
        throw new Error(`${firefox} has ended, status ${status}: ${said.trim()}`);
      });
      const close = async () => {
        browser.kill();
        await endOf(browser);
        await rm(profile, { recursive: true, force: true, maxRetries: 5 });
      };
      return { crashed, close };
    }),
  );
}

/** Firefox asks its maker for nothing. */
const QUIET_PREFERENCES = [
  ["datareporting.policy.dataSubmissionEnabled", false],
  ["toolkit.telemetry.enabled", false],
  ["app.update.enabled", false],
  ["app.normandy.enabled", false],
  ["browser.shell.checkDefaultBrowser", false],
  ["browser.aboutwelcome.enabled", false],
  ["network.captive-portal-service.enabled", false],
  ["network.connectivity-service.enabled", false],
  ["extensions.getAddons.cache.enabled", false],
  ["services.settings.server", "data:,"],
  ["browser.startup.homepage_override.mstone", "ignore"],
]
  .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
  .join("");

/** A browser that was sent to the page. */
interface Visit {
  /** Rejects when the browser ends by itself: its report would be waited for in vain. */
  readonly crashed: Promise<never>;
  close(): Promise<void>;
}

async function runSuite(openPage: (url: string) => Promise<Visit>): Promise<void> {
  const served: ServedPage = await servePage();
  const started = new Date();
  const ids = conformanceCases()
    .filter((entry) => (entry.needs ?? []).every((need) => need === "fixtures") && (!quick || entry.quick))
    .map(({ id }) => id);
  const request = JSON.stringify({ device, threads, ids: quick ? "quick" : "all" });
  const { crashed, close } = await openPage(`${served.isolated}?suite=${encodeURIComponent(request)}`);
  crashed.catch(() => {});
  try {
    const answer = (await Promise.race([served.report, crashed])) as PageReport;
    if ("error" in answer) throw new Error(answer.error);
    const { report, ...place } = answer;
    await save({ ...place, device, threads, quick, started }, report);
    expect(report.cases.filter(({ status }) => status !== "passed")).toEqual([]);
    expect(report.passed).toBe(ids.length);
  } finally {
    await close();
    await served.close();
  }
}

async function save(
  { started, ...place }: { readonly started: Date } & Readonly<Record<string, unknown>>,
  { cases, ...counts }: ConformanceReport,
): Promise<void> {
  if (out === undefined) return;
  const durationMs = Date.now() - started.getTime();
  const head = JSON.stringify({ ...place, date: started.toISOString(), durationMs, ...counts }, undefined, 2);
  const lines = cases.map(({ id, status, detail, durationMs: caseMs }) => {
    const why = status === "passed" || detail === undefined ? {} : { detail };
    return `    ${JSON.stringify({ id, status, ...why, durationMs: Math.round(caseMs) })}`;
  });
  await writeFile(out, `${head.slice(0, -2)},\n  "cases": [\n${lines.join(",\n")}\n  ]\n}\n`);
}
