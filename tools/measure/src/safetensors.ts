// Reads files, each after its length (4 bytes, little-endian), from the standard input; prints one line of JSON for each.
import { buffer } from "node:stream/consumers";
import { parseSafetensors } from "../../packages/safetensors/dist/index.js";

const input = await buffer(process.stdin);
for (let at = 0; at < input.length; ) {
  const length = input.readUInt32LE(at);
  const bytes = input.subarray(at + 4, at + 4 + length);
  at += 4 + length;
  try {
    parseSafetensors(bytes, "file");
    console.log(JSON.stringify({ accepted: true }));
  } catch (error) {
    console.log(JSON.stringify({ accepted: false, code: error.code, message: error.message }));
  }
}
