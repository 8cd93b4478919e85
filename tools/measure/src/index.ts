export { NIN, passStderrOn, runNin, runPython } from "./shared/child-process.js";
export { type Statistics, statisticsOf } from "./shared/numbers.js";
export { positiveInteger, positiveNumber } from "./shared/options.js";
export { environment, writeResult } from "./shared/result.js";
export {
  type Differences,
  differencesOf,
  type NamedTensors,
  type SegmentOutcome,
} from "./trajectory/difference.js";
export { type Judgement, judgeSegment } from "./trajectory/judge.js";
export { measureTrajectory, type TrajectoryResult } from "./trajectory/measure.js";
export { trajectoryOptions } from "./trajectory/trajectory.js";
