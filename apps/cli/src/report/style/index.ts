import { baseStyle } from "./base.js";
import { coloursStyle } from "./colours.js";
import { curvesStyle } from "./curves.js";
import { samplesStyle } from "./samples.js";
import { tablesStyle } from "./tables.js";

/** The style sheet of a run's page. */
export const pageStyle: string = [coloursStyle, baseStyle, curvesStyle, tablesStyle, samplesStyle].join("");
