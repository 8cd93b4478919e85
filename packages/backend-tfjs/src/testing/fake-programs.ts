import { chmod, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** How pip is to behave: it makes the files of a wheel, or fails in a way of its own, or never ends. */
export type PipBehaviour = "works" | "full-disk" | "no-such-version" | "hangs";

const PIP: Readonly<Record<PipBehaviour, string>> = {
  works:
    'mkdir -p "$target/tensorflow/include/tensorflow/c"; cd "$target/tensorflow"; touch libtensorflow_cc.so.2 libtensorflow_framework.so.2 include/tensorflow/c/c_api.h',
  "full-disk":
    'echo "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device" >&2; exit 1',
  "no-such-version":
    'echo "ERROR: No matching distribution found for tensorflow-cpu" >&2; echo "note" >&2; exit 1',
  hangs: 'touch "$target/half"; echo hanging; sleep 600',
};

const NPM = `[ "$1" = --version ] && exit 0
mkdir -p node_modules/@tensorflow/tfjs-node/binding node_modules/node-api-headers/include
echo '{ "version": "4.22.0" }' > node_modules/@tensorflow/tfjs-node/package.json`;

const COMPILER = `[ "$1" = --version ] && exit 0
while [ "$1" != -o ]; do shift; done
echo > "$2"`;

/** Programs that stand in for those a setup runs, in a folder that is to be the only one on `PATH`. */
export class FakePrograms {
  readonly #folder: string;
  /** How much of the log was reported. Units: characters. */
  #reported = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async in(
    folder: string,
    names: readonly string[] = ["python3", "npm", "g++"],
  ): Promise<FakePrograms> {
    await mkdir(folder);
    const programs = new FakePrograms(folder);
    for (const name of ["sh", "mkdir", "touch", "sleep"]) await symlink(`/bin/${name}`, join(folder, name));
    if (names.includes("python3")) await programs.pip("works");
    if (names.includes("npm")) await programs.#write("npm", NPM);
    if (names.includes("g++")) await programs.#write("g++", COMPILER);
    return programs;
  }

  get env(): NodeJS.ProcessEnv {
    return { PATH: this.#folder };
  }

  async pip(behaviour: PipBehaviour): Promise<void> {
    await this.#write(
      "python3",
      `[ "$1" = --version ] && exit 0
[ "$3" = --version ] && exit 0
while [ "$1" != --target ]; do shift; done
target="$2"; ${PIP[behaviour]}`,
    );
  }

  /** The programs that did something since this was last asked, in order. */
  async calls(): Promise<readonly string[]> {
    // The file is only read: a program may write to it at any moment.
    const text = await readFile(join(this.#folder, "log"), "utf8").catch(() => "");
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    const since = whole.slice(this.#reported);
    this.#reported = whole.length;
    return since.split("\n").filter((line) => line !== "");
  }

  async #write(name: string, script: string): Promise<void> {
    const path = join(this.#folder, name);
    const noted = `case "$*" in *--version*--target*|*--target*|*install*|ci\\ *|*-o*) echo ${name} >> "${this.#folder}/log";; esac`;
    await writeFile(path, `#!/bin/sh\n${noted}\n${script}\n`);
    await chmod(path, 0o755);
  }
}
