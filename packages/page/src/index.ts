export { htmlDocument, type PageContents } from "./document.js";
export { Html, type HtmlValue, html, jsonScript } from "./html.js";
export { markdownCode, markdownText } from "./markdown.js";
export {
  counted,
  finite,
  formatCount,
  formatDuration,
  formatLoss,
  formatPercent,
  formatRate,
  NO_NUMBER,
} from "./numbers.js";
export { baseStyle } from "./style/base.js";
export { coloursStyle } from "./style/colours.js";
export { tablesStyle } from "./style/tables.js";
export { readUplot, type UplotFiles } from "./uplot.js";
