import { present } from "@nin/spec";
import { render } from "preact";
import "../style/colors.css";
import "../style/base.css";
import "./gallery.css";
import { DiagramPart } from "./diagram-part.js";
import { EditorPart } from "./editor-part.js";
import { InputPart } from "./input-part.js";
import { InsidePart } from "./inside-part.js";
import { sampleNetwork } from "./sample-network.js";
import { TourPart } from "./tour-part.js";

// Every component with real data, for looking at and for tests; no part of the playground.
const place = present(document.getElementById("gallery"));
const network = await sampleNetwork();
render(
  <main>
    <h1>The components of the playground</h1>
    <TourPart />
    <DiagramPart />
    <EditorPart />
    <InputPart network={network} />
    <InsidePart network={network} />
  </main>,
  place,
);
