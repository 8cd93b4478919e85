import { builtinArchitecture } from "@nin/spec";
import { useState } from "preact/hooks";
import { ArchitectureEditor, architectureText } from "../editor/index.js";

export function EditorPart() {
  const [model, setModel] = useState("nin-mnist");
  const [state, setState] = useState("not changed");
  return (
    <section id="editor">
      <h2>Editor</h2>
      <p class="gallery-controls">
        <label>
          Start from{" "}
          <select value={model} onChange={(event) => setModel(event.currentTarget.value)}>
            <option>nin-mnist</option>
            <option>nin</option>
            <option>vgg11</option>
          </select>
        </label>
        <span>
          Last change: <output>{state}</output>
        </span>
      </p>
      <ArchitectureEditor
        text={architectureText(builtinArchitecture(model))}
        onChange={({ architecture, problems }) =>
          setState(
            architecture === undefined
              ? `${problems.length} problem`
              : `${architecture.layers.length} layers`,
          )
        }
      />
    </section>
  );
}
