/** What a process that measures ceilings writes: one line of JSON. */
export interface CeilingAnswer {
  readonly method: string;
  /** Of a float32 matrix product: samples of operations a second. */
  readonly flops: readonly number[];
  /** Elements on a side. */
  readonly matrixSize: number;
  /** Read and written by an element-wise operation: samples of bytes a second. */
  readonly bytes: readonly number[];
  readonly arrayBytes: number;
}
