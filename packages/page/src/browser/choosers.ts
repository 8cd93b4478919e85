/** The values of the check boxes of a chooser that are checked. */
export function chosenKeys(name: string): ReadonlySet<string> {
  return new Set(
    boxesOf(name)
      .filter(({ checked }) => checked)
      .map(({ value }) => value),
  );
}

/** Enables the check boxes of the page, and calls back with the name of a chooser whenever one of its boxes changes. */
export function startChoosers(onChange: (name: string) => void): void {
  enableBoxes(document);
  for (const place of document.querySelectorAll<HTMLElement>("[data-choose-all]")) {
    const name = place.dataset.chooseAll;
    if (name === undefined) continue;
    const choose = (checked: boolean) => (): void => {
      for (const box of boxesOf(name)) box.checked = checked;
      onChange(name);
    };
    place.append(button("All", choose(true)), button("None", choose(false)));
  }
  document.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return;
    const { checked, value } = target;
    const { chooser } = target.dataset;
    if (chooser === undefined) return;
    for (const box of boxesOf(chooser)) if (box.value === value) box.checked = checked;
    onChange(chooser);
  });
}

/** Enables the check boxes of a part that is new in the page. */
export function enableBoxes(part: ParentNode): void {
  for (const box of part.querySelectorAll<HTMLInputElement>("input[data-chooser]")) box.disabled = false;
}

export function boxesOf(name: string): readonly HTMLInputElement[] {
  const boxes = document.querySelectorAll<HTMLInputElement>("input[data-chooser]");
  return [...boxes].filter(({ dataset }) => dataset.chooser === name);
}

function button(text: string, onClick: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", onClick);
  return made;
}
