import { present } from "@nin/spec";

type Component = "u" | "i" | "f";
type VectorType = `vec${2 | 3 | 4}${Component}`;

/** Elements of an array in a uniform buffer: only those whose stride is a multiple of 16 bytes may be. */
type ElementType = `vec${3 | 4}${Component}`;

/**
 * A field's type as WGSL spells it; `flag` is a boolean kept as a `u32` of 0 or 1, since WGSL's `bool` has no
 * layout in memory.
 */
export type FieldType = "u32" | "i32" | "f32" | "flag" | VectorType | `array<${ElementType}, ${number}>`;

/** The fields of a struct, in order. */
export type Fields = Readonly<Record<string, FieldType>>;

type VectorValue<Type> = Type extends `vec2${Component}`
  ? readonly [number, number]
  : Type extends `vec3${Component}`
    ? readonly [number, number, number]
    : readonly [number, number, number, number];

type FieldValue<Type> = Type extends "flag"
  ? boolean
  : Type extends `array<${infer Element}, ${number}>`
    ? readonly VectorValue<Element>[]
    : Type extends VectorType
      ? VectorValue<Type>
      : number;

/** A value for each field of a struct. */
export type ValuesOf<Own extends Fields> = { readonly [Name in keyof Own]: FieldValue<Own[Name]> };

/** A struct in a uniform buffer: its WGSL declaration and its bytes, from one list of fields. */
export interface UniformStruct<Own extends Fields = Fields> {
  /** Units: bytes, a multiple of the struct's alignment. */
  readonly sizeBytes: number;
  /** Where each field begins. Units: bytes. */
  readonly offsets: Readonly<Record<keyof Own & string, number>>;
  /** The WGSL of the struct, and of the variable `name` of that type at `binding` of group 0. */
  declare(name: string, binding: number): string;
  /** Writes the values into `target`, the struct beginning at `offsetBytes`. */
  write(values: ValuesOf<Own>, target: DataView, offsetBytes: number): void;
}

/** How a type lies in memory, and how a value of it gets there. */
interface Codec {
  readonly alignBytes: number;
  readonly sizeBytes: number;
  write(value: unknown, target: DataView, offsetBytes: number): void;
}

interface PlacedField {
  readonly name: string;
  readonly wgslType: string;
  readonly offset: number;
  readonly codec: Codec;
  /** What it is called when its value is missing. */
  readonly label: string;
}

/**
 * Declares a struct of a uniform buffer once: from its fields come its WGSL and the code that writes its bytes.
 *
 * Source: WGSL, section 14.4, "Memory Layout".
 *
 * @param fields - name and type of each field, in order
 * @throws TypeError for a type that a uniform buffer does not hold
 *
 * @example
 * const dims = uniformStruct({ channels: "u32", scale: "f32", offset: "vec2u" });
 * dims.declare("dims", 0); // struct Dims { channels: u32, ... } @group(0) @binding(0) var<uniform> dims: Dims;
 * dims.write({ channels: 8, scale: 0.5, offset: [1, 2] }, new DataView(new ArrayBuffer(dims.sizeBytes)), 0);
 */
export function uniformStruct<const Own extends Fields>(fields: Own): UniformStruct<Own> {
  const placed: PlacedField[] = [];
  let end = 0;
  let structAlignBytes = 1;
  for (const [name, type] of Object.entries(fields)) {
    const codec = codecOf(type);
    const offset = roundUp(end, codec.alignBytes);
    const wgslType = type === "flag" ? "u32" : type;
    placed.push({ name, wgslType, offset, codec, label: `the uniform ${name}` });
    end = offset + codec.sizeBytes;
    structAlignBytes = Math.max(structAlignBytes, codec.alignBytes);
  }
  const offsets = Object.fromEntries(placed.map(({ name, offset }) => [name, offset]));
  return {
    sizeBytes: roundUp(end, structAlignBytes),
    offsets: offsets as UniformStruct<Own>["offsets"],
    declare(name, binding) {
      const struct = name.charAt(0).toUpperCase() + name.slice(1);
      const lines = placed.map((field) => `  ${field.name}: ${field.wgslType},\n`);
      const variable = `@group(0) @binding(${binding}) var<uniform> ${name}: ${struct};`;
      return `struct ${struct} {\n${lines.join("")}}\n${variable}\n`;
    },
    write(values, target, offsetBytes) {
      for (const { name, offset, codec, label } of placed) {
        codec.write(present(values[name], label), target, offsetBytes + offset);
      }
    },
  };
}

/** The least multiple of `multiple` that is not below `value`. */
export function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

const WORD_BYTES = 4;

const SCALARS: Readonly<Record<string, Codec>> = {
  u32: scalar((value, target, offset) => target.setUint32(offset, value as number, true)),
  i32: scalar((value, target, offset) => target.setInt32(offset, value as number, true)),
  f32: scalar((value, target, offset) => target.setFloat32(offset, value as number, true)),
  flag: scalar((value, target, offset) => target.setUint32(offset, value === true ? 1 : 0, true)),
};

function scalar(write: Codec["write"]): Codec {
  return { alignBytes: WORD_BYTES, sizeBytes: WORD_BYTES, write };
}

const ARRAY = /^array<(?<element>vec[34][uif]), (?<count>[1-9]\d*)>$/;
const VECTOR = /^vec(?<count>[234])(?<component>[uif])$/;

function codecOf(type: string): Codec {
  const array = ARRAY.exec(type)?.groups;
  if (array !== undefined) return arrayCodec(codecOf(entryOf(array, "element")), Number(array.count));
  const vector = VECTOR.exec(type)?.groups;
  if (vector !== undefined) {
    return vectorCodec(codecOf(`${entryOf(vector, "component")}32`), Number(vector.count));
  }
  const known = SCALARS[type];
  if (known === undefined) {
    throw new TypeError(
      `a uniform struct has no ${type}: it takes u32, i32, f32, flag, vec2u, array<vec4f, 3>`,
    );
  }
  return known;
}

function entryOf(groups: Readonly<Record<string, string | undefined>>, name: string): string {
  return present(groups[name], `the ${name} of a type`);
}

/** A vector of three is aligned like one of four, and leaves its last word to a scalar that follows. */
function vectorCodec(component: Codec, count: number): Codec {
  return {
    alignBytes: (count === 2 ? 2 : 4) * component.sizeBytes,
    sizeBytes: count * component.sizeBytes,
    write: eachWith(component, count, component.sizeBytes),
  };
}

function arrayCodec(element: Codec, count: number): Codec {
  const strideBytes = roundUp(element.sizeBytes, element.alignBytes);
  return {
    alignBytes: element.alignBytes,
    sizeBytes: count * strideBytes,
    write: eachWith(element, count, strideBytes),
  };
}

function eachWith({ write }: Codec, count: number, strideBytes: number): Codec["write"] {
  return (value, target, offsetBytes) => {
    const elements = value as readonly unknown[];
    if (elements.length !== count) {
      throw new TypeError(`a uniform of ${count} elements was given ${elements.length}`);
    }
    for (let index = 0; index < count; index += 1) {
      write(elements[index], target, offsetBytes + index * strideBytes);
    }
  };
}
