// Jest's transform: the same type stripping with which Node 24 runs this repository's files. It keeps every line and
// column, so stack traces and coverage need no source map, and it needs no compiler binary for the machine at hand.
import { createHash } from 'node:crypto';
import { stripTypeScriptTypes } from 'node:module';

/** @type {import('@jest/transform').SyncTransformer} */
export default {
  process(source) {
    return { code: stripTypeScriptTypes(source, { mode: 'strip' }) };
  },
  // Stripping is Node's, so a cached result is valid for this very Node only.
  getCacheKey(source, path) {
    return createHash('sha256').update(`${process.version}\0${path}\0${source}`).digest('hex');
  },
};
