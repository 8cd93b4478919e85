import type { Architecture } from "@nin/spec";
import type { FeatureMap, FilterBank, Prediction } from "@nin/training";
import type { ImageSize } from "../report/report-data.js";

/** What the page that looks inside a network is made of. */
export interface ExplainData {
  readonly architecture: Architecture;
  /** The file of its weights. */
  readonly file: string;
  /** Of all images on the page. */
  readonly imageSize: ImageSize;
  /** Which images the channels were compared over, as a noun phrase: `the first 1,000 test images of fashion-mnist`. */
  readonly compared: string;
  readonly images: readonly ExplainedImage[];
  /** Absent where the network does not end in global average pooling. */
  readonly evidence?: EvidenceFacts;
  /** Absent where the first layer with weights is no convolution. */
  readonly filters?: FilterBank;
  readonly layers: readonly ShownLayer[];
}

/** What is known of the class activation maps. */
export interface EvidenceFacts {
  /** The layer whose maps are averaged, and the linear layer after the average, if there is one. */
  readonly layer: string;
  readonly linear?: string;
  /** The size of a map. */
  readonly height: number;
  readonly width: number;
  /** The largest difference between a score and what the maps make it, over all images and classes. */
  readonly largestDifference: number;
}

/** An image, what the network says of it, and why. */
export interface ExplainedImage extends PageImage {
  /** The most probable classes, the most probable first; then the true one, where it is none of them. */
  readonly classes: readonly ExplainedClass[];
}

/** An image of the page. */
export interface PageImage {
  /** Shape: [channels, height, width], bytes. */
  readonly pixels: Uint8Array;
  /** The name of its class or of its file. */
  readonly name: string;
  /** Its class, of a test image. */
  readonly label?: number;
}

/** A class of an image, with the evidence for it. */
export interface ExplainedClass extends Prediction {
  readonly score: number;
  /** Absent where the network has no class activation maps. */
  readonly map?: FeatureMap;
}

/** A layer with some of its channels. */
export interface ShownLayer {
  readonly name: string;
  readonly kind: string;
  /** Of its output. */
  readonly channelCount: number;
  readonly height: number;
  readonly width: number;
  /** How many of the network's input pixels one position depends on. */
  readonly receptiveField: { readonly height: number; readonly width: number };
  /** How many images the channels were compared over. */
  readonly imageCount: number;
  /** How many channels are 0 for every image. */
  readonly silentCount: number;
  /** Why these channels are shown: all there are, those that were asked for, or those that vary most. */
  readonly selection: "all" | "chosen" | "varied";
  readonly channels: readonly ShownChannel[];
}

/** A channel with the images that activate it most. */
export interface ShownChannel {
  readonly channel: number;
  /** The class whose evidence the channel is. */
  readonly className?: string;
  /** None for a channel that is 0 for every image. */
  readonly images: readonly ActivatedImage[];
}

/** An image, and a channel's map of it. */
export interface ActivatedImage extends PageImage {
  /** The map's largest value. */
  readonly activation: number;
  readonly map: FeatureMap;
}
