import type { Protocol } from './request-protocol.js';

/**
 * What whoever asked gets for a frame. Throws what is wrong with it.
 *
 * @internal
 */
export function answerOf<Request, Frame, Answer>(
  protocol: Protocol<Request, Frame, Answer>,
  frame: Frame,
  request: Request,
): Answer {
  // Without `answer` the two types are the same.
  return protocol.answer === undefined ? (frame as unknown as Answer) : protocol.answer(frame, request);
}
