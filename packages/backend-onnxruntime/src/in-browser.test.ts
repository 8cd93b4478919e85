import { useBrowser } from "@nin/headless-chromium";
import { beforeAll, afterAll, it, expect } from "vitest";
import { conformanceCases } from "@nin/conformance";
import { servePage, type ServedPage } from "./testing/page/bundle.js";
const browserOf = useBrowser({ webgpu: true });
let served: ServedPage;
beforeAll(async () => { const t = Date.now(); served = await servePage(); console.log("bundled", Date.now()-t); 
}, 120000);
afterAll(() => served?.close());
it("x", async (context) => {
  const page = await browserOf(context).visit(served.isolated, 800);
  let t = Date.now();
  page.evaluate("calls.train('webgpu').then(r=>{globalThis.R=JSON.stringify(r)},e=>{globalThis.R=String(e)})").catch(console.log);
  for (let i=0;i<17;i++) { await new Promise(r=>setTimeout(r,10000)); if (await page.evaluate("globalThis.R !== undefined")) break; }
  console.log(Date.now()-t, await page.evaluate("globalThis.R"), page.complaints);
}, 400000);
