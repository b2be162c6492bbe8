import type { OperatorFunction } from 'rxjs';

/**
 * How requests and their answers look on the wire, for {@link requestClient}.
 *
 * Which answer belongs to which request is told by their order, or by an id where {@link Protocol.idOf} finds one.
 */
export interface Protocol<Request, Frame, Answer = Frame> {
  /** Splits what arrives on a connection into frames. Used once for each connection, for as long as that lives. */
  readonly frames: OperatorFunction<Uint8Array, Frame>;
  /**
   * The bytes of a request; text is sent as UTF-8. Called when it is about to be written, again for each retry.
   *
   * @param id what the server has to send back, where answers are told by ids: unlike that of any other request on the
   * connection whose answer may still come. Otherwise the number of the request on its connection.
   */
  encode(request: Request, id: number): Uint8Array | string;
  /**
   * The id in a frame. Without this function answers come in the order of the requests. A frame without an id, or with
   * one that no request has, is a push.
   */
  idOf?(frame: Frame): number | undefined;
  /** The highest id; the lowest is 1. @default 2_147_483_647 */
  readonly maxId?: number | undefined;
  /** Whether a frame belongs to no request, where answers come in order. @default never */
  isPush?(frame: Frame): boolean;
  /** Whether it is the last frame that answers the request. @default always: one frame is the answer */
  isLast?(frame: Frame, request: Request): boolean;
  /**
   * What whoever asked gets for a frame. What it throws is the error of this one request: the connection is as good as
   * before. @default the frame itself
   */
  answer?(frame: Frame, request: Request): Answer;
}
