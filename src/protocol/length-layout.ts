/**
 * Where a length stands and what it counts.
 *
 * @internal
 */
export interface LengthLayout {
  readonly bytes: number | 'varint';
  readonly endian: 'big' | 'little';
  readonly offset: number;
  readonly includesHeader: boolean;
  readonly adjust: number;
}
