/** A frame that has more in its header than a length, see `offset` of {@link HeadedConfig}. */
export interface HeadedFrame {
  /** What stands in front of the length, `offset` bytes. */
  readonly header: Uint8Array;
  /** What comes after the length. */
  readonly body: Uint8Array;
}
