export * from './crash-images.ts';
export * from './disk-faults.ts';
export { DiskModel, type Image, type Survival } from './disk-model.ts';
export {
  type CallName,
  Crash,
  type Errno,
  type FileCall,
  type Judge,
  type Verdict,
} from './file-call.ts';
export * from './intercept-files.ts';
export * from './network.ts';
export * from './record-files.ts';
export * from './run-points.ts';
