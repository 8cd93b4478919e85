import { at } from "@nin/spec";
import type { FilterBank } from "@nin/training";
import { useMemo, useState } from "preact/hooks";
import { ChannelBrowser } from "./channel-browser.js";
import "./inside.css";
import type { Maps } from "./map-grid.js";

const COLOURS = ["red", "green", "blue"] as const;

/** The filters that the first convolution lays over the image: signed weights, one image channel at a time. */
export function FirstFilters({ bank }: { readonly bank: FilterBank | undefined }) {
  const [asked, setInput] = useState(0);
  const inputs = bank === undefined ? 1 : at(bank.weight.shape, 1);
  const input = Math.min(asked, inputs - 1);
  const maps = useMemo(() => (bank === undefined ? undefined : filterMaps(bank, input)), [bank, input]);
  if (bank === undefined || maps === undefined)
    return (
      <p class="inside-note">The first layer with weights is no convolution: there are no filters to show.</p>
    );
  return (
    <div>
      <p class="inside-note">
        The weights of <code>{bank.layer}</code>: blue is positive, orange negative, white zero. A filter
        answers where the image is light below blue and dark below orange.
      </p>
      {inputs > 1 && (
        <fieldset class="scale-choice">
          <legend>Weights for the image&rsquo;s channel</legend>
          {Array.from({ length: inputs }, (_, index) => (
            <label key={inputName(index, inputs)}>
              <input type="radio" checked={index === input} onChange={() => setInput(index)} />
              {inputName(index, inputs)}
            </label>
          ))}
        </fieldset>
      )}
      <ChannelBrowser
        maps={maps}
        label={`Filters of ${bank.layer}`}
        noun="filter"
        isSigned
        startsWith="own"
      />
    </div>
  );
}

/** The weights of all filters for one channel of the image. */
export function filterMaps({ weight }: FilterBank, input: number): Maps {
  const { shape, data } = weight;
  const [filters, inputs, height, width] = [at(shape, 0), at(shape, 1), at(shape, 2), at(shape, 3)];
  const size = height * width;
  if (inputs === 1) return { values: data, channels: filters, height, width };
  const values = new Float32Array(filters * size);
  for (let filter = 0; filter < filters; filter += 1) {
    const start = (filter * inputs + input) * size;
    values.set(data.subarray(start, start + size), filter * size);
  }
  return { values, channels: filters, height, width };
}

function inputName(index: number, inputs: number): string {
  return inputs === COLOURS.length ? at(COLOURS, index) : `${index}`;
}
