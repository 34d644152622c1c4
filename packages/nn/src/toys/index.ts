export * from './scalar-model.ts';
export * from './toy-cell.ts';
export * from './toy-images.ts';
