import { baseStyle, coloursStyle, tablesStyle } from "@nin/page";
import { curvesStyle } from "./curves.js";
import { samplesStyle } from "./samples.js";

/** The style sheet of a run's page. */
export const pageStyle: string = [coloursStyle, baseStyle, curvesStyle, tablesStyle, samplesStyle].join("");
