import type { PageDescription } from "../browser/in-page.js";

/** What this page has of what implementations need. */
export async function describePage(): Promise<PageDescription> {
  const { createBrowserWebGpuBackend } = await import("@nin/backend-webgpu/browser");
  const [device] = await createBrowserWebGpuBackend().devices();
  const { hardware } = device?.available === true ? device : {};
  return {
    adapter: hardware === undefined ? `none: ${device?.reason}` : await adapterWords(),
    webgpu: hardware === undefined ? null : (hardware.driver ?? hardware.kind),
    renderer: webGlRenderer(),
    crossOriginIsolated,
    threads: navigator.hardwareConcurrency,
  };
}

async function adapterWords(): Promise<string> {
  const info = (await navigator.gpu.requestAdapter())?.info;
  const parts = [info?.vendor, info?.architecture, info?.description];
  return [...new Set(parts)].filter((part) => part !== undefined && part !== "").join(", ") || "unnamed";
}

function webGlRenderer(): string | null {
  const context = document.createElement("canvas").getContext("webgl2");
  if (context === null) return null;
  const names = context.getExtension("WEBGL_debug_renderer_info");
  return String(context.getParameter(names === null ? context.RENDERER : names.UNMASKED_RENDERER_WEBGL));
}
