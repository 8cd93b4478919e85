import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { renderReport } from "./render-report.js";
import type { ReportData } from "./report-data.js";
import { sampleConfig, sampleEpoch, sampleImage, sampleRun, sampleStep } from "./testing/sample-run.js";

const HOSTILE = `</script><img src=x onerror="alert('1')">`;

describe("renderReport", () => {
  const run = sampleRun();
  const page = renderReport(run);

  it("is led by the model, the data and the test accuracy", () => {
    expect(page.startsWith("<!doctype html>")).toBe(true);
    expect(page).toContain("<title>nin-mnist on fashion-mnist: 95.45% test accuracy</title>");
    expect(page).toContain('<h1>nin-mnist <span class="on">on fashion-mnist</span></h1>');
    expect(page).toContain("<strong>95.45%</strong> test accuracy");
    expect(page).toContain("On 10,000 test images, after 2 epochs; test loss 0.3300.");
  });

  it("has its sections under headings, in order", () => {
    const headings = [...page.matchAll(/<h2 id="([^"]*)">([^<]*)<\/h2>/g)].map(([, id, text]) => [id, text]);
    expect(headings.map(([, text]) => text)).toEqual(["Training", "Classes", "Sample predictions", "Run"]);
    for (const [id] of headings) expect(page).toContain(`<section aria-labelledby="${id}">`);
  });

  it("has the figures of the run", () => {
    const facts = [...page.matchAll(/<dt>(.*?)<\/dt><dd>(.*?)<\/dd>/g)].map(([, name, value]) => [
      name,
      value?.replace(/<[^>]*>/g, ""),
    ]);
    expect(Object.fromEntries(facts)).toEqual({
      Model: "nin-mnist input 1\u00d728\u00d728",
      Parameters: "349,674 50,699,712 multiply-adds per image",
      Data: "fashion-mnist 60,000 training images, 10,000 test images",
      Recipe: "robust",
      Optimizer: "AdamW, learning rate 0.003, weight decay 0.0001",
      Schedule: "cosine, 50 warm-up steps",
      "Batch size": "128",
      Seed: "0",
      Steps: "938 of 938 469 per epoch",
      Backend: "onnxruntime cpu, f32, 2 threads",
      Speed: "905 images/s training, median over epochs",
      Time: "2 min 21 s including evaluation",
      Versions: "node 20.20.2, nin 0.1.0, onnxruntime-node 1.30.0",
    });
  });

  it("has every sample as an image, the wrong ones marked by a word", () => {
    expect(
      page.match(/<img src="data:image\/png;base64,[A-Za-z0-9+/=]+" width="28" height="28" alt="Test image/g),
    ).toHaveLength(20);
    expect(page.match(/\u2717 wrong:/g)).toHaveLength(10);
    expect(page.match(/\u2713/g)).toHaveLength(10);
  });

  it("has the class activation map of each prediction, in words too", () => {
    expect(
      page.match(/alt="Class activation map of [a-z -]+: largest [\d.]+ in row \d, column \d of 7\u00d77"/g),
    ).toHaveLength(20);
    expect(page).toContain("a class\u2019s score is the mean of its map");
  });

  it("says why there are no maps where the network has none", () => {
    const samples = sampleRun().samples.map(({ map, ...sample }) => sample);
    const without = renderReport({ ...sampleRun(), samples });
    expect(without).not.toContain("Class activation map of");
    expect(without).toContain(
      "There are no class activation maps: they need a network that ends in global average pooling.",
    );
  });

  it("is the same for the same data", () => {
    expect(renderReport(sampleRun())).toBe(page);
  });

  it("asks for nothing outside itself", () => {
    const addresses = page.match(/https?:\/\/[^\s"')]*/g);
    expect(addresses).toBeNull();
    for (const [, address] of page.matchAll(/\s(?:src|href)\s*=\s*["']?([^"'\s>]*)/g))
      expect(address).toMatch(/^data:/);
    expect(page).not.toMatch(/@import|url\(/);
    expect(page).toContain("default-src &#39;none&#39;");
  });

  it("allows its own script and no other", () => {
    const [, script] = /<script>([\s\S]*?)<\/script>/.exec(page) ?? [];
    const hash = createHash("sha256")
      .update(script ?? "")
      .digest("base64");
    expect(page).toContain(`script-src 'sha256-${hash}'`.replace(/'/g, "&#39;"));
  });

  it("keeps the licence of the library that it carries", () => {
    expect(page).toContain("Copyright (c) 2022 Leon Sorokin");
    expect(page).toContain("The above copyright notice and this permission notice shall be included");
  });

  it("escapes every text that it is given", () => {
    const hostile = renderReport(hostileRun());
    expect(hostile).not.toContain("<img src=x");
    expect(hostile).toContain("&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;");
    // The data of two charts, and the script.
    expect(hostile.match(/<\/script>/g)).toHaveLength(3);
  });
});

describe("renderReport of a run that did not end well", () => {
  const run = sampleRun();
  const render = (changes: Partial<ReportData>): string => renderReport({ ...run, ...changes });

  it("says how far it came", () => {
    const metrics = [sampleStep(10)];
    expect(render({ status: "interrupted", metrics })).toContain("Interrupted after step 10 of 938.");
    expect(render({ status: "running", metrics: [] })).toContain("The run was at step 0 of 938 when");
    const config = { ...run.config, maxSteps: 100 };
    expect(render({ status: "interrupted", metrics, config })).toContain("step 10 of 100.");
  });

  it("says that it was to end early, and counts steps that it did beyond that", () => {
    const config = { ...run.config, maxSteps: 10 };
    const page = render({ status: "finished", metrics: [sampleStep(10)], config });
    expect(page).toContain("Stopped after step 10 of 938, the limit set by <code>--max-steps</code>.");
    expect(render({ status: "finished", metrics: [sampleStep(938)] })).not.toContain("Stopped after");
    const further = render({ status: "interrupted", metrics: [sampleStep(20)], config });
    expect(further).toContain("Interrupted after step 20 of 938.");
  });

  it("names the step of a divergence", () => {
    const metrics = [sampleStep(10), { ...sampleStep(20), loss: Number.NaN }];
    const page = render({ status: "diverged", metrics });
    expect(page).toContain("a value became NaN or infinite at step 20.");
    expect(page).not.toContain("The last training loss");
  });

  it("stands without lines and samples", () => {
    const page = render({ status: "running", metrics: [], samples: [] });
    for (const note of [
      "Not evaluated",
      "No step has been logged yet.",
      "The test set was not evaluated.",
      "This page has no sample images.",
    ])
      expect(page).toContain(note);
    expect(page).not.toContain('class="chart"');
  });

  it("distinguishes a part of the test images from all, and the best epoch from the last", () => {
    const epochs = [0.9, 0.8].map((testAccuracy, index) => ({
      ...sampleEpoch(index + 1),
      testAccuracy,
      testImages: 500,
    }));
    const page = render({ metrics: epochs });
    expect(page).toContain("On the first 500 of 10,000 test images");
    expect(page).toContain("The best was 90.00%, after 1 epoch.");
  });

  it("takes one class, colour images and an architecture that cannot be counted", () => {
    const { architecture, data } = run.config;
    const page = render({
      config: {
        ...run.config,
        architecture: { ...architecture, input: { channels: 1, height: 1, width: 1 } },
        data: { ...data, source: "/images/one class/", classNames: ["only"] },
      },
      metrics: [{ ...sampleEpoch(1), testAccuracy: 1, confusion: [[5]] }],
      imageSize: { channels: 3, height: 28, width: 28 },
      samples: [sampleImage(0, 3)],
    });
    expect(page).toContain("<title>nin-mnist on one class: 100.00% test accuracy</title>");
    expect(page).toContain("only classified as only: 5 of 5 (100.0%)");
    expect(page).not.toContain("Parameters");
  });
});

function hostileRun(): ReportData {
  const config = sampleConfig();
  return {
    ...sampleRun(),
    config: {
      ...config,
      architecture: { ...config.architecture, name: HOSTILE },
      recipe: { ...config.recipe, name: HOSTILE },
      data: { ...config.data, source: HOSTILE, classNames: config.data.classNames.map(() => HOSTILE) },
      backend: HOSTILE,
      device: HOSTILE,
      versions: { [HOSTILE]: HOSTILE },
    },
  };
}
