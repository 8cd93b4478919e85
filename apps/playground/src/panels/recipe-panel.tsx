import { useId } from "preact/hooks";
import { leaveRun, recipe, recipeChoice } from "../state/playground.js";
import type { RecipeChoice } from "../state/recipe-choice.js";
import { rate } from "./format.js";

/** How to train. */
export function RecipePanel({ isLocked }: { isLocked: boolean }) {
  const choice = recipeChoice.value;
  const made = recipe.value;
  const set = (changes: { readonly [Name in keyof RecipeChoice]?: RecipeChoice[Name] | undefined }) => {
    void leaveRun();
    const next = { ...choice, ...changes };
    recipeChoice.value = Object.fromEntries(
      Object.entries(next).filter(([, value]) => value !== undefined),
    ) as unknown as RecipeChoice;
  };
  const own = typeof made === "string" ? undefined : made;
  return (
    <fieldset class="pg-panel" disabled={isLocked}>
      <legend>
        <span class="pg-number">3</span> Recipe
      </legend>
      <label class="pg-field">
        <span>Recipe</span>
        <select
          value={choice.name}
          onChange={(event) =>
            set({
              name: event.currentTarget.value === "d2l" ? "d2l" : "robust",
              learningRate: undefined,
              batchSize: undefined,
              epochs: undefined,
            })
          }
        >
          <option value="robust">robust: ours, trains every time</option>
          <option value="d2l">d2l: the tutorial’s own</option>
        </select>
      </label>
      <div class="pg-options">
        <NumberField
          name="Learning rate"
          value={choice.learningRate}
          own={own && rate(own.optimizer.learningRate)}
          onChange={(learningRate) => set({ learningRate })}
        />
        <NumberField
          name="Batch"
          value={choice.batchSize}
          own={own && `${own.batchSize}`}
          onChange={(batchSize) => set({ batchSize })}
        />
        <NumberField
          name="Epochs"
          value={choice.epochs}
          own={choice.name === "robust" ? "by the data" : own && `${own.epochs}`}
          onChange={(epochs) => set({ epochs })}
        />
        <NumberField
          name="Seed"
          value={choice.seed === 0 ? undefined : choice.seed}
          own="0"
          onChange={(seed) => set({ seed: seed ?? 0 })}
        />
      </div>
      <label class="pg-check">
        <input
          type="checkbox"
          checked={choice.validationFraction > 0}
          onChange={(event) => set({ validationFraction: event.currentTarget.checked ? 0.1 : 0 })}
        />{" "}
        Set a tenth aside for validation
      </label>
      {typeof made === "string" && (
        <p class="pg-warning" role="alert">
          {made}
        </p>
      )}
    </fieldset>
  );
}

interface NumberFieldProps {
  readonly name: string;
  readonly value: number | undefined;
  /** What the recipe has, where nothing is chosen. */
  readonly own: string | undefined;
  readonly onChange: (value: number | undefined) => void;
}

function NumberField({ name, value, own, onChange }: NumberFieldProps) {
  const id = useId();
  return (
    <div class="pg-field">
      <label for={id}>{name}</label>
      <input
        id={id}
        type="text"
        inputMode="decimal"
        size={6}
        placeholder={own ?? ""}
        value={value === undefined ? "" : `${value}`}
        onChange={(event) => {
          const text = event.currentTarget.value.trim();
          onChange(text === "" ? undefined : Number(text));
        }}
      />
    </div>
  );
}
