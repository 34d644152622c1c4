import { createRequire } from 'node:module';

/**
 * TensorFlow.js, as `#tfjs` with its types. Required: before it imports CommonJS, Node.js searches
 * all of it for the names of exports, and these megabytes take longer to search than to run.
 */
export default createRequire(import.meta.url)('@tensorflow/tfjs');
