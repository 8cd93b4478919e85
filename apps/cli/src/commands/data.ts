import { fetchFashionMnist } from "@nin/data/node";
import { Argument, Command } from "commander";
import { downloadNotes } from "../arguments/data-source.js";
import type { Terminal } from "../terminal/terminal.js";

export function dataCommand(terminal: Terminal): Command {
  const fetch = new Command("fetch")
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
  return new Command("data").description("manage data sets").addCommand(fetch);
}
