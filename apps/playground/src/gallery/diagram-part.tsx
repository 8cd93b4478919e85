import { builtinArchitecture } from "@nin/spec";
import { useMemo, useState } from "preact/hooks";
import { NetworkDiagram } from "../diagram/index.js";

const MODELS = ["nin-mnist", "nin", "nin?mlpConvs=3", "nin-xs", "nin-cifar10", "alexnet", "vgg11", "nin-xl"];

export function DiagramPart() {
  const [model, setModel] = useState("nin-mnist");
  const [selected, select] = useState("net.3");
  const [isHighlighted, setHighlighted] = useState(false);
  const architecture = useMemo(() => builtinArchitecture(model), [model]);
  return (
    <section id="diagram">
      <h2>Diagram</h2>
      <p class="gallery-controls">
        <label>
          Network{" "}
          <select value={model} onChange={(event) => setModel(event.currentTarget.value)}>
            {MODELS.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          <input
            type="checkbox"
            checked={isHighlighted}
            onChange={(event) => setHighlighted(event.currentTarget.checked)}
          />{" "}
          pointed at: net.0.2, net.7
        </label>
      </p>
      <NetworkDiagram
        architecture={architecture}
        selected={selected}
        onSelect={select}
        highlighted={isHighlighted ? ["net.0.2", "net.7"] : []}
      />
    </section>
  );
}
