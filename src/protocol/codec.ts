/**
 * What a codec may ask for: so many bytes, or the bytes in front of a delimiter, which is taken too. A text stands for
 * its UTF-8.
 */
export type Need = number | string | Uint8Array;

/** One frame being read, see {@link Codec.decode}. */
export type Decoding<Frame> = Generator<Need, Frame | undefined, Uint8Array>;

/**
 * A format of your own, for {@link frames}.
 */
export interface Codec<Frame, Message = Frame> {
  /**
   * Reads one frame. It yields what it needs next, is given those bytes when they are there, and returns the frame, or
   * `undefined` for one that nobody is to see, such as a heartbeat. It is called anew for each frame.
   *
   * What it is given may be memory of the chunk: `slice()` what is kept across a `yield` if the source uses the memory of
   * its chunks again.
   *
   * What it throws says that the frame is bad. A read that would make the frame longer than `maxFrame` is skipped and
   * throws a {@link FrameTooLargeError} at its `yield`.
   */
  readonly decode: () => Decoding<Frame>;
  /** The bytes of one frame. */
  readonly encode: (message: Message) => Uint8Array;
  /**
   * Whether the next frame begins where `decode` stopped reading, when it has thrown. Without that, nothing can go on
   * after a bad frame: `onBadFrame` may be `'error'` or `'reset'` only.
   *
   * @default false
   */
  readonly resumes?: boolean;
}
