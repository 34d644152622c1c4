import { input, register } from './register.ts';
import { poolingPlan } from './shapes.ts';

/** Registers maximum and average pooling and their gradients. */
export function registerPooling(): void {
  register('MaxPool', (inputs, attrs, backend) => {
    const x = input(inputs, 'x');
    const plan = poolingPlan(x.shape, attrs);
    if (!plan) return undefined;
    const y = backend.allocate(plan.output);
    backend.kernels.maxPool(plan.shape, backend.values(x), y.values);
    return y.info;
  });
  register('AvgPool', (inputs, attrs, backend) => {
    const x = input(inputs, 'x');
    const plan = poolingPlan(x.shape, attrs);
    if (!plan) return undefined;
    const y = backend.allocate(plan.output);
    backend.kernels.averagePool(plan.shape, backend.values(x), null, y.values);
    return y.info;
  });
  register('MaxPoolGrad', (inputs, attrs, backend) => {
    const [x, dy] = [input(inputs, 'input'), input(inputs, 'dy')];
    const plan = poolingPlan(x.shape, attrs);
    if (!plan) return undefined;
    const dx = backend.allocate(x.shape);
    backend.kernels.maxPoolGradient(plan.shape, backend.values(x), backend.values(dy), dx.values);
    return dx.info;
  });
  register('AvgPoolGrad', (inputs, attrs, backend) => {
    const [x, dy] = [input(inputs, 'input'), input(inputs, 'dy')];
    const plan = poolingPlan(x.shape, attrs);
    if (!plan) return undefined;
    const dx = backend.allocate(x.shape);
    backend.kernels.averagePoolGradient(plan.shape, false, backend.values(dy), dx.values);
    return dx.info;
  });
}
