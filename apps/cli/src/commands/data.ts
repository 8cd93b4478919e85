import { fetchFashionMnist, inspectDataset } from "@nin/data/node";
import { writeFileAtomic } from "@nin/files";
import { Argument, Command } from "commander";
import { dataSource, downloadNotes } from "../arguments/data-source.js";
import { requireOutputs } from "../arguments/outputs.js";
import { contactSheet, ThumbnailCollector } from "../inspection/contact-sheet.js";
import { inspectionJson, inspectionLines } from "../inspection/inspection-lines.js";
import { count } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";

export function dataCommand(terminal: Terminal): Command {
  return new Command("data")
    .description("inspect and download data sets")
    .addCommand(fetchCommand(terminal))
    .addCommand(inspectCommand(terminal));
}

function fetchCommand(terminal: Terminal): Command {
  return new Command("fetch")
    .description("download a data set to the user's cache and verify its SHA-256")
    .addArgument(new Argument("<name>", "data set to download").choices(["fashion-mnist"]))
    .action(async () => {
      const { signal } = terminal;
      const onProgress = downloadNotes(terminal);
      const fetched = terminal.stoppable(() => fetchFashionMnist({ signal, onProgress }));
      const { folder, downloaded } = await fetched;
      const status = downloaded.length === 0 ? "already complete" : `downloaded ${downloaded.join(", ")}`;
      terminal.print(`${folder}: ${status}`);
    });
}

interface InspectFlags {
  readonly html?: string;
  readonly json?: boolean;
}

function inspectCommand(terminal: Terminal): Command {
  return new Command("inspect")
    .description(
      "show classes, counts, sizes, mean and standard deviation, duplicates and broken files of a data set",
    )
    .argument(
      "<path>",
      "folder of images (a folder for each class), CSV list, folder of IDX or CIFAR files, fashion-mnist, or synthetic",
    )
    .option("--html <file>", "HTML page to write: a contact sheet with images of each class")
    .option("--json", "output as JSON")
    .action(async (path: string, { html, json }: InspectFlags) => {
      await requireOutputs({ "--html": html });
      const thumbnails = new ThumbnailCollector();
      const { signal } = terminal;
      const inspected = terminal.stoppable(() =>
        inspectDataset(dataSource(path), {
          signal,
          onProgress: downloadNotes(terminal),
          onInspectProgress: inspectionNotes(terminal),
          ...(html === undefined ? {} : { onImage: (image) => thumbnails.add(image) }),
        }),
      );
      const inspection = await inspected;
      if (html !== undefined) await writeFileAtomic(html, contactSheet(inspection, thumbnails));
      if (json === true) return terminal.print(JSON.stringify(inspectionJson(inspection), undefined, 2));
      for (const line of inspectionLines(inspection, terminal.columns)) terminal.print(line);
    });
}

/** Reports every five seconds: a small data set is inspected without a word. */
function inspectionNotes(terminal: Pick<Terminal, "note">) {
  const everyMs = 5000;
  let reportedMs = performance.now();
  return (progress: { readonly count: number; readonly totalCount: number }): void => {
    if (performance.now() - reportedMs < everyMs) return;
    reportedMs = performance.now();
    terminal.note(`Inspected ${count(progress.count)} of ${count(progress.totalCount)} images`);
  };
}
