/**
 * Brings a page to life: draws its charts with uPlot, lets its tables be sorted, and shows the lines that its check
 * boxes choose.
 */
import "./english.js";
import { startChoosers } from "./choosers.js";
import { drawChosen, startDrawings } from "./drawings.js";
import { startSorting } from "./sorting.js";

startSorting();
startChoosers(drawChosen);
startDrawings();
