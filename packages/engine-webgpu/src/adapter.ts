/** A graphics card, or what stands in for one, as WebGPU describes it. */
export interface Adapter {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  /** On most systems the driver's own words, with its version. */
  readonly description: string;
  /** Whether a processor does the work. */
  readonly software: boolean;
}

/** Drivers that compute on a processor, whether they say so or not. */
const SOFTWARE = /llvmpipe|lavapipe|swiftshader|microsoft basic render/i;

/** Whether a processor does the adapter's work. */
export function isSoftware({ software, device, description }: Adapter): boolean {
  return software || SOFTWARE.test(`${device} ${description}`);
}

/**
 * The adapter and its driver as a word for the engine's class: other cards and other drivers may
 * round differently. `nvidia-hopper-…`.
 */
export function pathOf({ vendor, architecture, device, description }: Adapter): string {
  const text = [vendor, architecture, device, description].join(' ').toLowerCase();
  // The description repeats the device.
  const words = new Set(text.split(/[^a-z0-9.]+/).filter((word) => word !== ''));
  return words.size === 0 ? 'unknown-adapter' : [...words].join('-');
}
