import type { DataSet, DataSplit, Report } from '@archer-nas/core';
import { batchReader, curvature, hessianAt, type RelaxedView, type Rows } from '@archer-nas/nn';

/** Which loss is looked at, and how. */
export interface CurvatureOptions {
  readonly data: Pick<DataSet, 'image' | 'mean' | 'std' | 'augmentation'>;
  readonly split: DataSplit;
  readonly images: number;
  readonly step: number;
  /** Looked at before every gradient, of which there are two per architecture parameter. */
  readonly signal: AbortSignal;
}

/**
 * Curvature of the loss at a search's α, with the decay of α on the diagonal (section 3.4 of the
 * protocol of SmoothDARTS).
 */
export function curvatureOf(
  { alpha, weightDecay, gradientAt }: RelaxedView,
  { data, split, images, step, signal }: CurvatureOptions,
): Report {
  const index = Int32Array.from({ length: Math.min(images, split.size) }, (_, image) => image);
  const batch = batchReader(data, split).plain(index);
  try {
    const gradient = (at: Rows): Rows => {
      signal.throwIfAborted();
      return gradientAt(at, batch);
    };
    const hessian = hessianAt(gradient, alpha, step);
    const { maxEigenvalue, spectralNorm, trace } = curvature(hessian, weightDecay);
    return {
      metrics: { 'max-eigenvalue': maxEigenvalue, 'spectral-norm': spectralNorm, trace },
      notes: [
        `Hessian of the validation loss on ${index.length} images by ${hessian.length} architecture ` +
          `parameters, differences of ${step}, ${weightDecay} added on the diagonal.`,
      ],
    };
  } finally {
    batch.dispose();
  }
}
