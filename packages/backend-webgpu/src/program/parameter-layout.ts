import { at, entry, type NamedTensors, present, type Shape, type Tensor } from "@nin/spec";
import type { PersistentBufferRef } from "./command.js";

/** Where a weighted layer's parameters lie among all of them. Units: floats. */
export interface ParameterSection {
  readonly name: string;
  readonly start: number;
  /** Of weight and bias together. */
  readonly length: number;
  /** Of the weight; the bias begins there. */
  readonly weightLength: number;
  readonly weight: WeightLayout;
  readonly bias: boolean;
}

/**
 * Weights lie [elements, inStride, outStride], elements being the window's; on the host they are
 * [outChannels, inChannels, ...elements].
 */
export interface WeightLayout {
  readonly shape: Shape;
  readonly inStride: number;
  readonly outStride: number;
}

/** A buffer's binding must begin at a multiple of 256 bytes. */
const ALIGNMENT = 64;

/** Gives layers their sections, in network order, and converts parameters to that layout and back. */
export class ParameterLayout {
  readonly sections: ParameterSection[] = [];
  #length = 0;

  /** Floats of all sections. */
  get length(): number {
    return Math.max(this.#length, ALIGNMENT);
  }

  /** The section of a layer; the same one when its network is built again. */
  section(name: string, weight: WeightLayout, weightRows: number, bias: boolean): ParameterSection {
    const known = this.sections.find((section) => section.name === name);
    if (known !== undefined) return known;
    const weightLength = align(weightRows * weight.outStride);
    const length = weightLength + (bias ? align(weight.outStride) : 0);
    const section = { name, start: this.#length, length, weightLength, weight, bias };
    this.#length += length;
    this.sections.push(section);
    return section;
  }

  /** The shape of each parameter, as its layout has it. */
  get shapes(): ReadonlyMap<string, Shape> {
    return new Map(this.sections.flatMap(sectionShapes));
  }

  /**
   * All sections in one array, padding 0. No tensors at all are zeros: an optimizer's state before its first step.
   *
   * @param tensors - OIHW or OI weights and O biases, by name
   */
  pack(tensors: NamedTensors): Float32Array<ArrayBuffer> {
    const packed = new Float32Array(this.length);
    if (tensors.size === 0) return packed;
    for (const { name, start, weightLength, weight, bias } of this.sections) {
      const { data } = entry(tensors, `${name}.weight`);
      forEachWeight(weight, (host, device) => {
        packed[start + device] = present(data[host]);
      });
      if (bias) packed.set(entry(tensors, `${name}.bias`).data, start + weightLength);
    }
    return packed;
  }

  /** The reverse of `pack`; `prefix` goes before the names. */
  unpack(packed: Float32Array, prefix = ""): Map<string, Tensor> {
    const parameters = new Map<string, Tensor>();
    for (const { name, start, weightLength, weight, bias } of this.sections) {
      const data = new Float32Array(weight.shape.reduce((product, extent) => product * extent, 1));
      forEachWeight(weight, (host, device) => {
        data[host] = present(packed[start + device]);
      });
      parameters.set(`${prefix}${name}.weight`, { shape: weight.shape, data });
      if (!bias) continue;
      const from = start + weightLength;
      const channels = at(weight.shape, 0);
      parameters.set(`${prefix}${name}.bias`, {
        shape: [channels],
        data: packed.slice(from, from + channels),
      });
    }
    return parameters;
  }
}

type SectionBuffer = "parameters" | "gradients";

/** A section's weights. */
export function weightsIn(
  buffer: SectionBuffer,
  { start, weightLength }: ParameterSection,
): PersistentBufferRef {
  return floatsOf(buffer, start, weightLength);
}

/** A section's biases. */
export function biasesIn(buffer: SectionBuffer, section: ParameterSection): PersistentBufferRef {
  const { start, weightLength, length } = section;
  return floatsOf(buffer, start + weightLength, length - weightLength);
}

/** All of a section. */
export function sectionIn(buffer: SectionBuffer, { start, length }: ParameterSection): PersistentBufferRef {
  return floatsOf(buffer, start, length);
}

function floatsOf(buffer: SectionBuffer, start: number, length: number): PersistentBufferRef {
  const { BYTES_PER_ELEMENT } = Float32Array;
  return {
    buffer,
    range: { offset: start * BYTES_PER_ELEMENT, sizeBytes: length * BYTES_PER_ELEMENT },
  };
}

function sectionShapes({ name, weight, bias }: ParameterSection): readonly (readonly [string, Shape])[] {
  const biases = [`${name}.bias`, [at(weight.shape, 0)]] as const;
  return [[`${name}.weight`, weight.shape], ...(bias ? [biases] : [])];
}

function forEachWeight(
  { shape, inStride, outStride }: WeightLayout,
  visit: (host: number, device: number) => void,
): void {
  const outChannels = at(shape, 0);
  const inChannels = at(shape, 1);
  const window = shape.slice(2);
  const elements = window.reduce((product, extent) => product * extent, 1);
  for (let output = 0; output < outChannels; output += 1) {
    for (let input = 0; input < inChannels; input += 1) {
      for (let element = 0; element < elements; element += 1) {
        const host = (output * inChannels + input) * elements + element;
        visit(host, (element * inStride + input) * outStride + output);
      }
    }
  }
}

function align(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}
