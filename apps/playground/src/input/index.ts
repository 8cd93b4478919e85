export { type Background, backgroundOf } from "./background.js";
export { ImageInput, type ImageInputProps, type PictureSource } from "./image-input.js";
