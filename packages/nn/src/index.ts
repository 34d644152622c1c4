export * from './network.ts';
export * from './paths.ts';
