/** A picture's file and its class. */
export interface LabelledFile {
  readonly path: string;
  /** The position of its class in `classNames`. */
  readonly label: number;
}

/** The files of pictures, before they are decoded. */
export interface PictureSet {
  /** The absolute path of the folder or list. */
  readonly name: string;
  /** In code-point order. */
  readonly classNames: readonly string[];
  readonly train: readonly LabelledFile[];
  /** Nothing where the set is not split. */
  readonly test: readonly LabelledFile[] | undefined;
  /** Whether images are ordered by `roundRobin`, also after some are omitted; otherwise they keep their order. */
  readonly isRoundRobin: boolean;
  /** What was passed over, as sentences. */
  readonly notes: readonly string[];
}

/** The first file of each class, then the second of each, and so on, classes and files in their order. */
export function roundRobin<File extends Pick<LabelledFile, "label">>(
  files: readonly File[],
): readonly File[] {
  const classes = new Map<number, File[]>();
  for (const file of files) {
    const own = classes.get(file.label);
    if (own === undefined) classes.set(file.label, [file]);
    else own.push(file);
  }
  const ordered = [...classes].sort(([one], [other]) => one - other).map(([, own]) => own);
  const rounds = ordered.reduce((most, own) => Math.max(most, own.length), 0);
  const taken: File[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const own of ordered) {
      const file = own[round];
      if (file !== undefined) taken.push(file);
    }
  }
  return taken;
}
