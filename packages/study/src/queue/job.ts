import { createHash } from "node:crypto";
import {
  type Architecture,
  FieldReader,
  type InputSpec,
  parseArchitecture,
  parseRecipe,
  type Recipe,
  SpecError,
  summarize,
} from "@nin/spec";
import type { PlannedRun } from "../plan/plan.js";

/** Identifies the images of a run on any machine, without saying where they are. */
export interface StudyJobData {
  /** `fashion-mnist`, `synthetic`, or what people know the data set by: the last part of its path. */
  readonly name: string;
  /** The number of training images that are used, from the start; null for all. */
  readonly limit: number | null;
  readonly train: StudyJobSplit;
  readonly test: StudyJobSplit;
}

/** A part of a data set. */
export interface StudyJobSplit {
  readonly count: number;
  /** Of the images' bytes followed by the labels'. */
  readonly sha256: string;
}

/** A run of a study as data, for a worker on another machine: nothing in it is code, or a path of the sender. */
export interface StudyJob {
  readonly format: "nin-study-job";
  readonly version: 1;
  /** The name of the study. */
  readonly study: string;
  /** The run's id. */
  readonly run: string;
  readonly architecture: Architecture;
  readonly recipe: Recipe;
  readonly isSized: boolean;
  readonly epochs?: number;
  readonly data: StudyJobData;
  readonly backend: string;
  readonly device: string | null;
  readonly precision: "f32" | "mixed";
  readonly convolution?: "fast";
  readonly threads: number | null;
}

/** What a worker needs to be able to do the jobs of a queue. */
export interface QueueKind {
  readonly version: number;
  readonly backend: string;
  readonly device: string | null;
  readonly data: StudyJobData;
  /** The input of a network of the queue: pictures that are decoded to this size have the data's hash. */
  readonly input: InputSpec;
}

/** The version of jobs that this release writes and reads. */
export const JOB_VERSION = 1;

const RUN_ID = /^[0-9a-f]{16}$/;
const SHA_256 = /^[0-9a-f]{64}$/;
/** Longer names are not names. */
const MAX_NAME = 1000;

export function jobOf(study: string, run: PlannedRun, data: StudyJobData): StudyJob {
  const { id, architecture, recipe, isSized, epochs, backend, device, precision, convolution, threads } = run;
  return {
    ...{ format: "nin-study-job", version: JOB_VERSION, study, run: id, architecture, recipe, isSized },
    ...(epochs !== undefined && { epochs }),
    ...{ data, backend, device, precision, ...(convolution && { convolution }), threads },
  };
}

/**
 * A job as a run that can be trained here.
 *
 * @param source - where the job's data are on this machine
 */
export function plannedRunOf(job: StudyJob, source: string): PlannedRun {
  const {
    run: id,
    architecture,
    recipe,
    isSized,
    epochs,
    backend,
    device,
    precision,
    convolution,
    threads,
  } = job;
  const { parameters, macs } = summarize(architecture);
  return {
    ...{ id, settings: { model: architecture.name }, architecture, recipe, isSized },
    ...(epochs !== undefined && { epochs }),
    ...(convolution && { convolution }),
    ...{ data: source, backend, device, precision, limit: job.data.limit, threads, parameters, macs },
  };
}

export function kindOf({ version, backend, device, data, architecture }: StudyJob): QueueKind {
  return { version, backend, device, data, input: architecture.input };
}

/** The queue of jobs of a kind: a name that people can read something from, and that pg-boss accepts. */
export function queueName({ version, backend, device, data }: Omit<QueueKind, "input">): string {
  const key = JSON.stringify([version, backend, device, data.limit, data.train, data.test]);
  const readable = `${backend}.${device ?? "any"}`.replace(/[^\w.-]/g, "_").slice(0, 60);
  return `nin-study/${version}/${readable}/${sha256(key).slice(0, 32)}`;
}

/** The same for the same run of the same study, so that a run that is added again is not there twice: a UUID. */
export function jobId(study: string, run: string): string {
  const hex = sha256(JSON.stringify([study, run]));
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, variant + hex.slice(17, 20)];
  return [...parts, hex.slice(20, 32)].join("-");
}

/**
 * Reads a job that came from a database.
 *
 * @throws `SpecError` naming the field
 */
export function parseStudyJob(json: unknown): StudyJob {
  const root = new FieldReader(json, "");
  const job: StudyJob = {
    format: root.literal("format", "nin-study-job"),
    version: root.literal("version", JOB_VERSION),
    study: shortText(root, "study"),
    run: matching(root, "run", RUN_ID, "16 hexadecimal digits"),
    architecture: parseArchitecture(root.raw("architecture")),
    recipe: parseRecipe(root.raw("recipe")),
    isSized: root.boolean("isSized"),
    ...root.optional("epochs", () => root.positiveInteger("epochs")),
    data: parseData(root.object("data")),
    backend: shortText(root, "backend"),
    device: textOrNull(root, "device"),
    precision: root.oneOf("precision", ["f32", "mixed"]),
    ...root.optional("convolution", () => root.literal("convolution", "fast")),
    threads: countOrNull(root, "threads"),
  };
  root.end();
  return job;
}

/**
 * A job of a queue; or why what the database holds is none, as a phrase.
 *
 * @param data - what the database holds
 */
export function readJob(data: unknown, queue: string): StudyJob | string {
  try {
    const job = parseStudyJob(data);
    return queueName(kindOf(job)) === queue ? job : "it is of another kind than its queue";
  } catch (error) {
    if (error instanceof SpecError) return error.message;
    throw error;
  }
}

/**
 * Reads what a queue holds, from a row of `nin_study.queue`.
 *
 * @throws `SpecError` naming the field
 */
export function parseQueueKind(json: unknown): QueueKind {
  const root = new FieldReader(json, "");
  const kind: QueueKind = {
    version: root.positiveInteger("version"),
    backend: shortText(root, "backend"),
    device: textOrNull(root, "device"),
    data: parseData(root.object("data")),
    input: parseInput(root.object("input")),
  };
  root.end();
  return kind;
}

function parseData(fields: FieldReader): StudyJobData {
  const data: StudyJobData = {
    name: shortText(fields, "name"),
    limit: countOrNull(fields, "limit"),
    train: parseSplit(fields.object("train")),
    test: parseSplit(fields.object("test")),
  };
  fields.end();
  return data;
}

function parseSplit(fields: FieldReader): StudyJobSplit {
  const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
  const split: StudyJobSplit = {
    count: fields.number("count", "a non-negative integer", isCount),
    sha256: matching(fields, "sha256", SHA_256, "64 hexadecimal digits"),
  };
  fields.end();
  return split;
}

function parseInput(fields: FieldReader): InputSpec {
  const input: InputSpec = {
    channels: fields.positiveInteger("channels"),
    height: fields.positiveInteger("height"),
    width: fields.positiveInteger("width"),
  };
  fields.end();
  return input;
}

function shortText(fields: FieldReader, name: string): string {
  const text = fields.string(name);
  if (text.length <= MAX_NAME) return text;
  throw new SpecError(fields.pathOf(name), `at most ${MAX_NAME} characters`, text);
}

function textOrNull(fields: FieldReader, name: string): string | null {
  return fields.raw(name) === null ? null : shortText(fields, name);
}

function countOrNull(fields: FieldReader, name: string): number | null {
  if (fields.raw(name) === null) return null;
  return fields.number(
    name,
    "a positive integer or null",
    (value) => Number.isSafeInteger(value) && value >= 1,
  );
}

function matching(fields: FieldReader, name: string, pattern: RegExp, expected: string): string {
  const text = fields.string(name);
  if (pattern.test(text)) return text;
  throw new SpecError(fields.pathOf(name), expected, text);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
