import { type ImageFormat, imageFromPixels } from "@nin/data";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Picture } from "../inside/index.js";

interface CameraProps {
  readonly format: ImageFormat;
  /** Called about four times a second while the camera is on. */
  readonly onFrame: (picture: Picture) => void;
  readonly onProblem: (message: string) => void;
}

/** Between two pictures. Units: milliseconds. */
const PERIOD_MS = 250;
/** The shorter side of what is taken of a picture. Units: pixels. */
const SIDE = 224;

/** The camera: off until its button is pressed, off again when the page or this part of it is hidden. */
export function Camera({ format, onFrame, onProblem }: CameraProps) {
  const place = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [stream, setStream] = useState<MediaStream>();
  const [isAsking, setAsking] = useState(false);
  const latest = useRef({ format, onFrame, isGone: false });
  latest.current.format = format;
  latest.current.onFrame = onFrame;

  const start = async (): Promise<void> => {
    if (isAsking) return;
    setAsking(true);
    try {
      const opened = await openCamera();
      if (latest.current.isGone || document.hidden) stopAll(opened);
      else setStream(opened);
    } catch (error) {
      onProblem(cameraProblem(error));
    } finally {
      setAsking(false);
    }
  };

  useEffect(() => {
    const { current } = latest;
    current.isGone = false;
    return () => {
      current.isGone = true;
    };
  }, []);

  // The button that was pressed is gone: its focus goes to the one in its place.
  const wasPressed = useRef(false);
  useEffect(() => {
    if (wasPressed.current && document.activeElement === document.body)
      place.current?.querySelector("button")?.focus();
    wasPressed.current = true;
  }, [stream]);

  // Not after the next picture of the page: a camera that is not shown is off, and a hidden page has no next picture.
  useLayoutEffect(() => {
    const element = video.current;
    if (stream === undefined || element === null) return undefined;
    element.srcObject = stream;
    // Refused only where the element has been removed meanwhile.
    element.play().catch(() => undefined);
    const hidden = (): void => {
      if (document.hidden) setStream(undefined);
    };
    const ended = (): void => setStream(undefined);
    document.addEventListener("visibilitychange", hidden);
    for (const track of stream.getTracks()) track.addEventListener("ended", ended);
    const timer = setInterval(() => {
      const picture = frameOf(element, latest.current.format);
      if (picture !== undefined) latest.current.onFrame(picture);
    }, PERIOD_MS);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", hidden);
      element.srcObject = null;
      stopAll(stream);
    };
  }, [stream]);

  if (stream === undefined)
    return (
      <div ref={place} class="camera-off">
        <button type="button" class="input-button" aria-disabled={isAsking} onClick={() => void start()}>
          {isAsking ? "Waiting for permission" : "Turn the camera on"}
        </button>
        <p class="input-hint">
          Pictures stay in this page: nothing is stored or sent. The camera goes off when you leave it.
        </p>
      </div>
    );
  return (
    <div ref={place} class="camera-on">
      <video ref={video} muted playsInline aria-label="What the camera sees" />
      <button type="button" class="input-button" onClick={() => setStream(undefined)}>
        Keep this picture, camera off
      </button>
    </div>
  );
}

/** Why there is no camera, in one line. */
export function cameraProblem(error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  switch (name) {
    case "NotAllowedError":
      return "The camera was not allowed: permit it for this page in the browser, then try again.";
    case "NotFoundError":
    case "OverconstrainedError":
      return "No camera was found on this machine.";
    case "NotReadableError":
      return "The camera could not be opened: another program may be using it.";
    default:
      return `The camera could not be opened: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function openCamera(): Promise<MediaStream> {
  // Missing, whatever its type says, where the page did not come over https or from this machine.
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  if (devices === undefined) throw new Error("browsers give it only to pages over https or from localhost.");
  return devices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 640 } }, audio: false });
}

function stopAll(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** The middle of what the camera sees; undefined before its first picture. */
function frameOf(video: HTMLVideoElement, format: ImageFormat): Picture | undefined {
  const { videoWidth, videoHeight } = video;
  if (videoWidth === 0 || videoHeight === 0) return undefined;
  const scale = Math.min(1, SIDE / Math.min(videoWidth, videoHeight));
  const [width, height] = [Math.round(videoWidth * scale), Math.round(videoHeight * scale)];
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (context === null) return undefined;
  context.drawImage(video, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  return {
    pixels: imageFromPixels({ pixels: data, channels: 4, height, width }, format),
    channels: format.channels,
    height: format.height,
    width: format.width,
  };
}
