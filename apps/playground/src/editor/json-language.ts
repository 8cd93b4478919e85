import schema from "@nin/spec/schemas/architecture.json" with { type: "json" };
import { getLanguageService, type JSONSchema, TextDocument } from "vscode-json-languageservice";

/** A way to go on at a place of the text. */
export interface Suggestion {
  readonly label: string;
  /** What its field or value means; empty where the schema does not say. */
  readonly description: string;
  readonly isField: boolean;
  /** As a template of CodeMirror: `"kind": "${1:ninBlock}"`. */
  readonly template: string;
}

/** What can be written at a place, and the part of the text that it replaces. */
export interface Suggestions {
  readonly from: number;
  readonly to: number;
  readonly items: readonly Suggestion[];
}

/** A string value that is being written, with its quotes. */
export interface StringValue {
  readonly from: number;
  readonly to: number;
}

/** What a template has for a field that must be there. */
const EXAMPLES: Readonly<Record<string, number>> = {
  outChannels: 32,
  kernelSize: 3,
  stride: 2,
  rate: 0.5,
  outFeatures: 10,
};

/** Kinds of `CompletionItemKind` of the language server protocol. */
const PROPERTY = 10;

const service = getLanguageService({});
service.configure({
  // `parseArchitecture` says what is wrong, in better words.
  validate: false,
  schemas: [{ uri: "nin:architecture", fileMatch: ["*"], schema: withTemplates(schema as JSONSchema) }],
});

/**
 * What the schema of architectures allows at a place.
 *
 * @param offset - in UTF-16 code units
 * @param value - the string value around the place, which the suggestions replace as a whole: half a `kind` would make
 *   the service take the layer for one of another kind
 */
export async function suggestionsAt(text: string, offset: number, value?: StringValue): Promise<Suggestions> {
  const given = value === undefined ? text : text.slice(0, value.from) + text.slice(value.to);
  const start = value === undefined ? offset : value.from;
  const document = documentOf(given);
  const list = await service.doComplete(
    document,
    document.positionAt(start),
    service.parseJSONDocument(document),
  );
  let [from, to] = [start, value === undefined ? offset : value.to];
  const items = (list?.items ?? []).flatMap((item): readonly Suggestion[] => {
    const { textEdit, label, documentation, kind } = item;
    if (textEdit === undefined || !("range" in textEdit)) return [];
    if (value === undefined) {
      from = document.offsetAt(textEdit.range.start);
      to = document.offsetAt(textEdit.range.end);
    }
    return [
      {
        label: label.replaceAll('"', ""),
        description: typeof documentation === "string" ? documentation : "",
        isField: kind === PROPERTY,
        template: templateOf(textEdit.newText),
      },
    ];
  });
  return { from, to, items };
}

/** What the schema says of the field or the value at a place; undefined where it says nothing. */
export async function meaningAt(
  text: string,
  offset: number,
): Promise<{ readonly from: number; readonly to: number; readonly text: string } | undefined> {
  const document = documentOf(text);
  const hover = await service.doHover(
    document,
    document.positionAt(offset),
    service.parseJSONDocument(document),
  );
  if (hover?.range === undefined || !Array.isArray(hover.contents)) return undefined;
  // The service writes Markdown.
  const meaning = hover.contents
    .map((part) => `${part}`.replace(/\\(.)/g, "$1"))
    .join(" ")
    .trim();
  if (meaning === "") return undefined;
  const { start, end } = hover.range;
  return { from: document.offsetAt(start), to: document.offsetAt(end), text: meaning };
}

/** The schema with a template for each kind of layer: its fields that must be there. */
function withTemplates(given: JSONSchema): JSONSchema {
  const layer = given.definitions?.layer;
  if (typeof layer !== "object" || layer.oneOf === undefined) return given;
  const defaultSnippets = layer.oneOf.flatMap((kind) => {
    const name =
      typeof kind === "object" && typeof kind.properties?.kind === "object" && kind.properties.kind.const;
    if (typeof kind !== "object" || typeof name !== "string") return [];
    const fields = (kind.required ?? []).filter((field) => field !== "kind");
    const body = [
      `"kind": "${name}"`,
      ...fields.map((field, at) => `"${field}": \${${at + 1}:${EXAMPLES[field]}}`),
    ];
    return [{ label: name, description: kind.description ?? "", bodyText: `{ ${body.join(", ")} }` }];
  });
  return {
    ...given,
    definitions: { ...given.definitions, layer: { ...layer, defaultSnippets } },
  };
}

/** A snippet of the language server protocol as a template of CodeMirror, which has no `$1` without braces. */
function templateOf(snippet: string): string {
  return snippet.replace(/\\([$}\\])|\$(\d)/g, (_, escaped: string | undefined, place: string | undefined) =>
    escaped === undefined ? `\${${place}}` : escaped,
  );
}

function documentOf(text: string): TextDocument {
  return TextDocument.create("file:///architecture.json", "json", 1, text);
}
