import { useRef } from "preact/hooks";
import type { DataRequest, DroppedFile } from "../contract/protocol.js";
import {
  architecture,
  attempt,
  chooseData,
  data,
  dataRequest,
  hasServedData,
  importFiles,
  isDataLoading,
  leaveRun,
  startWeights,
} from "../state/playground.js";
import { areOfRun, chosenFiles } from "./dropped-files.js";
import { count } from "./format.js";

/** Which images to learn. */
export function DataPanel({ isLocked }: { isLocked: boolean }) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const described = data.value;
  const kind = dataRequest.value.kind;
  const choose = (request: DataRequest) =>
    attempt(async () => {
      await leaveRun();
      await chooseData(request);
    });
  return (
    <fieldset class="pg-panel" disabled={isLocked}>
      <legend>
        <span class="pg-number">1</span> Images
      </legend>
      <div class="pg-choices">
        <Choice
          name="Fashion-MNIST"
          note={
            hasServedData.value
              ? "60,000 photos of clothes"
              : "only with “nin playground”, or drop its four files"
          }
          isChosen={kind === "fashion-mnist"}
          isDisabled={!hasServedData.value}
          onChoose={() => void choose({ kind: "fashion-mnist" })}
        />
        <Choice
          name="Shapes"
          note="6,000 drawn here, always the same"
          isChosen={kind === "synthetic"}
          onChoose={() => void choose({ kind: "synthetic" })}
        />
        {kind === "stored" && described !== undefined && (
          <Choice name={described.name} note="your own" isChosen onChoose={() => {}} />
        )}
      </div>
      <p class="pg-note" aria-live="polite">
        {isDataLoading.value
          ? "Loading the images"
          : described &&
            `${count(described.trainCount)} to learn, ${count(described.testCount)} to test; ${described.width}×${described.height} pixels, ${described.channels === 1 ? "grey" : "colour"}, ${described.classNames.length} classes`}
      </p>
      <div class="pg-row">
        <button type="button" class="pg-small" onClick={() => folder.current?.click()}>
          Folder of images
        </button>
        <button type="button" class="pg-small" onClick={() => files.current?.click()}>
          Files or a run
        </button>
        <input
          ref={folder}
          type="file"
          class="visually-hidden"
          tabIndex={-1}
          aria-label="Folder of images, one folder in it for each class"
          {...{ webkitdirectory: true }}
          multiple
          onChange={(event) => void takeInput(event.currentTarget)}
        />
        <input
          ref={files}
          type="file"
          class="visually-hidden"
          tabIndex={-1}
          aria-label="IDX or CIFAR files, the zip of a run, or weights"
          multiple
          onChange={(event) => void takeInput(event.currentTarget)}
        />
      </div>
      <p class="pg-hint">
        Or drop them anywhere: a folder with one folder for each class, MNIST or CIFAR files, a run, or
        weights. Nothing leaves this machine.
      </p>
      {startWeights.value !== undefined && (
        <p class="pg-note">
          The next run starts from {startWeights.value}.{" "}
          <button
            type="button"
            class="pg-link"
            onClick={() => {
              startWeights.value = undefined;
            }}
          >
            Start from random weights
          </button>
        </p>
      )}
    </fieldset>
  );
}

async function takeInput(input: HTMLInputElement): Promise<void> {
  const chosen = chosenFiles([...(input.files ?? [])]);
  input.value = "";
  if (chosen.length > 0) await takeFiles(chosen);
}

/** Takes what was chosen or dropped: a run, weights, or images for the network that is set up. */
export async function takeFiles(files: readonly DroppedFile[]): Promise<void> {
  if (areOfRun(files)) return importFiles(files);
  const network = architecture.value;
  const { channels, height, width } =
    typeof network === "string" ? { channels: 1, height: 28, width: 28 } : network.input;
  const [first] = files;
  const top = first?.path.split("/") ?? [];
  const name = top.length > 1 ? "your images" : (first?.file.name ?? "files");
  await attempt(async () => {
    await leaveRun();
    await chooseData({ kind: "files", name, files, channels, height, width });
  });
}

interface ChoiceProps {
  readonly name: string;
  readonly note: string;
  readonly isChosen: boolean;
  readonly isDisabled?: boolean;
  readonly onChoose: () => void;
}

function Choice({ name, note, isChosen, isDisabled = false, onChoose }: ChoiceProps) {
  return (
    <label class={isChosen ? "pg-choice pg-chosen" : "pg-choice"}>
      <input type="radio" name="data" checked={isChosen} disabled={isDisabled} onChange={onChoose} />
      <span>
        <strong>{name}</strong>
        <small>{note}</small>
      </span>
    </label>
  );
}
