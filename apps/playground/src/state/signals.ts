import { type Architecture, type Recipe, SpecError } from "@nin/spec";
import type { MetricsLine, RunConfig } from "@nin/training";
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type {
  DataDescription,
  DataRequest,
  ListedDevice,
  Look,
  Probe,
  RunStatus,
} from "../contract/protocol.js";
import type { StoredRun } from "../storage/database.js";
import { architectureOf, type BuiltinChoice } from "./architecture-choice.js";
import { FIRST_RECIPE, type RecipeChoice, recipeOf } from "./recipe-choice.js";

/** A line above the page: something that went wrong, or that one should know. */
export interface Notice {
  readonly id: number;
  readonly kind: "problem" | "note";
  readonly message: string;
}

/** Either a built-in network or one that was written. */
export type ArchitectureChoice =
  | { readonly kind: "builtin"; readonly builtin: BuiltinChoice }
  | { readonly kind: "own"; readonly architecture: Architecture };

/** The run on the page. */
export interface ShownRun {
  readonly id: string;
  readonly config: RunConfig;
  readonly lines: readonly MetricsLine[];
  readonly probes: readonly Probe[];
}

export const devices = signal<readonly ListedDevice[] | undefined>(undefined);
/** The device to use, as `backend device`; undefined for the first that is available. */
export const deviceChoice = signal<string | undefined>(undefined);
export const data = signal<DataDescription | undefined>(undefined);
export const dataRequest = signal<DataRequest>({ kind: "synthetic" });
export const isDataLoading = signal(false);
/** Whether the server of the page has Fashion-MNIST. */
export const hasServedData = signal(false);
export const architectureChoice = signal<ArchitectureChoice>({
  kind: "builtin",
  builtin: { name: "nin-xs" },
});
export const recipeChoice = signal<RecipeChoice>(FIRST_RECIPE);
/** The name of the weights that the next run starts from. */
export const startWeights = signal<string | undefined>(undefined);
export const run = signal<ShownRun | undefined>(undefined);
export const status = signal<RunStatus | undefined>(undefined);
export const look = signal<Look | undefined>(undefined);
export const storedRuns = signal<readonly StoredRun[]>([]);
export const notices = signal<readonly Notice[]>([]);
/** Whether the worker is doing something that was asked for and not answered yet. */
export const isBusy = signal(false);

/** The network as it is set up; the sentence that says why there is none. */
export const architecture: ReadonlySignal<Architecture | string> = computed(() => {
  const choice = architectureChoice.value;
  if (choice.kind === "own") return choice.architecture;
  const { classNames = TEN, channels = 1, height = 28, width = 28 } = data.value ?? {};
  try {
    return architectureOf(choice.builtin, { classes: classNames.length, channels, height, width });
  } catch (error) {
    if (error instanceof SpecError) return error.message;
    throw error;
  }
});
const TEN: readonly string[] = Array.from({ length: 10 }, (_, label) => `${label}`);

export const recipe: ReadonlySignal<Recipe | string> = computed(() => {
  try {
    return recipeOf(recipeChoice.value);
  } catch (error) {
    if (error instanceof SpecError) return error.message;
    throw error;
  }
});

export const device: ReadonlySignal<ListedDevice | undefined> = computed(() => {
  const usable = devices.value?.filter(({ available }) => available) ?? [];
  return usable.find((each) => deviceKey(each) === deviceChoice.value) ?? usable[0];
});

export function deviceKey({ backend, device: id }: Pick<ListedDevice, "backend" | "device">): string {
  return `${backend} ${id}`;
}

let nextNotice = 0;

export function notify(kind: Notice["kind"], message: string): void {
  const known = notices.value.filter((notice) => notice.message !== message);
  nextNotice += 1;
  notices.value = [...known, { id: nextNotice, kind, message }].slice(-4);
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}
