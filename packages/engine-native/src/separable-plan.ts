import { PlanTable } from './kernels/plan-table.ts';
import { attributesOf, convolutionPlan, type Geometry, type Plan } from './kernels/shapes.ts';

const plans = new PlanTable<Plan | undefined>();

/**
 * The plan of a block, made once: the fifteen numbers of its depthwise convolution, with the
 * pointwise one's channels as its own. `undefined` where the addon has none: windows that are too
 * large, or more than one filter per channel.
 */
export function separablePlan(
  x: readonly number[],
  depthwise: readonly number[],
  pointwise: readonly number[],
  geometry: Geometry,
): Plan | undefined {
  const { stride, pad, dilation = 1 } = geometry;
  return plans.get([x, depthwise, pointwise, [stride, pad, dilation]], () =>
    planSeparable(x, depthwise, pointwise, geometry),
  );
}

function planSeparable(
  x: readonly number[],
  depthwise: readonly number[],
  [height, width, channels, outputs = 0]: readonly number[],
  geometry: Geometry,
): Plan | undefined {
  const spatial = convolutionPlan(x, depthwise, attributesOf(geometry), true);
  if (spatial === undefined || depthwise[3] !== 1) return undefined;
  if (height !== 1 || width !== 1 || channels !== x[3]) return undefined;
  const shape = spatial.shape.slice();
  shape[6] = outputs;
  return { shape, output: [...spatial.output.slice(0, 3), outputs] };
}
