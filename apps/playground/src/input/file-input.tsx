import type { ImageFormat } from "@nin/data";
import { imageFromBlob } from "@nin/data/browser";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Picture } from "../inside/index.js";

interface FileInputProps {
  readonly format: ImageFormat;
  readonly onPicture: (picture: Picture) => void;
  readonly onProblem: (message: string) => void;
}

/** A picture from a file: chosen, dropped here, or pasted. */
export function FileInput({ format, onPicture, onProblem }: FileInputProps) {
  const id = useId();
  const [name, setName] = useState<string>();
  const [isOver, setOver] = useState(false);
  const latest = useRef({ take: (_: Blob, __: string): void => undefined, asked: 0 });
  latest.current.take = (file, title) => {
    // The last one that was given counts, also where an earlier one takes longer.
    latest.current.asked += 1;
    const { asked } = latest.current;
    imageFromBlob(file, format, title).then(
      (pixels) => {
        if (asked !== latest.current.asked) return;
        setName(title);
        const { channels, height, width } = format;
        onPicture({ pixels, channels, height, width });
      },
      (error: unknown) => {
        if (asked === latest.current.asked) onProblem(error instanceof Error ? error.message : String(error));
      },
    );
  };

  useEffect(() => {
    const { current } = latest;
    const paste = (event: ClipboardEvent): void => {
      const file = firstFile(event.clipboardData);
      if (file === undefined) return;
      event.preventDefault();
      current.take(file, "the pasted picture");
    };
    document.addEventListener("paste", paste);
    return () => {
      document.removeEventListener("paste", paste);
      current.asked += 1;
    };
  }, []);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the first is the field inside.
    <div
      class={isOver ? "file-input file-over" : "file-input"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const file = firstFile(event.dataTransfer);
        if (file === undefined) onProblem("What was dropped is no file: drop a picture.");
        else latest.current.take(file, file.name);
      }}
    >
      <label for={id} class="file-label">
        Choose a picture
      </label>
      <input
        id={id}
        type="file"
        accept="image/png,image/jpeg,image/webp,image/gif,image/avif"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file !== undefined) latest.current.take(file, file.name);
        }}
      />
      <p class="input-hint">
        {name === undefined ? "Or drop one here, or paste it. It stays in this page." : `Shown: ${name}`}
      </p>
    </div>
  );
}

function firstFile(data: DataTransfer | null): File | undefined {
  return data?.files[0];
}
