import { codedError } from './coded-error.js';

/** Why something was not written. */
export function streamDestroyed(): Error {
  return codedError('ERR_STREAM_DESTROYED', 'Cannot call write after a stream was destroyed');
}
