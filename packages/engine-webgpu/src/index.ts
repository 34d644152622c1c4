export { candidate } from './candidate.ts';
