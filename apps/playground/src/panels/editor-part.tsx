/** The editor of architectures, loaded when it is first opened. */
export function EditorPart() {
  return null;
}
