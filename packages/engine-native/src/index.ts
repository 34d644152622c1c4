export { candidate, wasmCandidate } from './candidate.ts';
