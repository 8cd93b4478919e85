import { builtinArchitecture } from "@nin/spec";
import { useState } from "preact/hooks";
import { NetworkDiagram } from "../diagram/index.js";
import { ExerciseList, GuidedTour, type TourTraining } from "../tour/index.js";

export function TourPart() {
  const [architecture, setArchitecture] = useState(() => builtinArchitecture("nin-mnist"));
  const [highlighted, setHighlighted] = useState<readonly string[]>([]);
  const [selected, select] = useState<string>();
  const [training, setTraining] = useState<TourTraining>();
  return (
    <>
      <section id="tour">
        <h2>Tour</h2>
        <GuidedTour
          architecture={architecture}
          onHighlight={setHighlighted}
          onLook={select}
          onSetup={(setup) => setArchitecture(setup.architecture)}
          onTrain={() => setTraining({ isRunning: false, step: 200, loss: 0.612, testAccuracy: 0.803 })}
          training={training}
        />
        <h3>{architecture.name}</h3>
        <NetworkDiagram
          architecture={architecture}
          selected={selected}
          onSelect={select}
          highlighted={highlighted}
        />
      </section>
      <section id="exercises">
        <h2>Exercises</h2>
        <ExerciseList architecture={architecture} onSetup={(setup) => setArchitecture(setup.architecture)} />
      </section>
    </>
  );
}
