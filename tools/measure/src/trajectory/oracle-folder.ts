import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { floatTensors } from "../../../packages/safetensors/dist/index.js";
import { readSafetensors, writeSafetensors } from "../../../packages/safetensors/dist/node.js";
import { initialParameters } from "../../../packages/spec/dist/index.js";

/** Where PyTorch finds what it is given and leaves what it makes; a temporary one unless `path` is given. */
export class OracleFolder {
  /** Throws: when the folder holds another run's. */
  static async open(path, run) {
    const folder = new OracleFolder(
      path ?? (await mkdtemp(join(tmpdir(), "nin-oracle-"))),
      path === undefined,
    );
    await mkdir(folder.path, { recursive: true });
    await folder.fill(run);
    return folder;
  }

  constructor(path, temporary) {
    this.path = path;
    this.temporary = temporary;
  }

  file(name) {
    return join(this.path, name);
  }

  async fill(run) {
    const wanted = JSON.stringify(run);
    const settings = this.file("settings.json");
    if (existsSync(settings)) {
      if ((await readFile(settings, "utf8")) === wanted) return;
      throw new Error(`--oracle ${this.path}: holds another run; give another folder, or remove it`);
    }
    const { architecture, recipe } = run;
    await writeFile(this.file("architecture.json"), JSON.stringify(architecture));
    await writeFile(this.file("recipe.json"), JSON.stringify(recipe));
    const parameters = initialParameters(architecture, recipe.init, recipe.seed);
    await writeSafetensors(this.file("weights.safetensors"), parameters);
    await writeFile(settings, wanted);
  }

  async readLines(name) {
    const text = await readFile(this.file(name), "utf8");
    return text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
  }

  /** Parameters and optimizer state in float64, apart. */
  async readState(step) {
    const path = join(this.path, "states", `${step}.safetensors`);
    const tensors = [...floatTensors(await readSafetensors(path), path)];
    return {
      step,
      parameters: new Map(tensors.filter(([name]) => name.startsWith("net."))),
      optimizer: new Map(tensors.filter(([name]) => !name.startsWith("net."))),
    };
  }

  async close() {
    if (this.temporary) await rm(this.path, { recursive: true, force: true });
  }
}
