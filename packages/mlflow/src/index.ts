export * from './address.ts';
export * from './client.ts';
export * from './clock.ts';
export * from './errors.ts';
export * from './limits.ts';
export * from './transport.ts';
export * from './wire.ts';
