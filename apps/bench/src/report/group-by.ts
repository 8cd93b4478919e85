/** Things by a name of theirs, in the order in which the names first come up. */
export function groupBy<Thing>(
  things: readonly Thing[],
  nameOf: (thing: Thing) => string,
): readonly (readonly [string, readonly Thing[]])[] {
  const names = [...new Set(things.map(nameOf))];
  return names.map((name) => [name, things.filter((thing) => nameOf(thing) === name)] as const);
}
