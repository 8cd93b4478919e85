export { ArchitectureEditor, type ArchitectureEditorProps } from "./architecture-editor.js";
export { architectureText } from "./architecture-text.js";
export { type ArchitectureText, checkArchitectureText, type Problem } from "./check-text.js";
