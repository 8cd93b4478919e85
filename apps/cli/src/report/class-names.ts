/** The name of a class, or its number where the data names none. */
export function className(names: readonly string[], index: number): string {
  const name = names[index];
  return name === undefined || name === "" ? `class ${index}` : name;
}
