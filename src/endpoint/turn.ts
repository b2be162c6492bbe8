/** Permission for one attempt, and what became of it. Ends with exactly one of `failed`, `abandoned`, `lost` or `closed`. */
export interface Turn {
  readonly takenAt: number;
  /** Which failure this attempt came after: a result that an earlier attempt brings late tells nothing new. */
  readonly era: number;
  connectedAt: number;
  /** The end of this connection was asked for: it says nothing about the endpoint. */
  excused: boolean;
  /** The connection has ended, as far as the gate is concerned. */
  isOver: boolean;
}

export function newTurn(takenAt: number, era: number): Turn {
  return { takenAt, era, connectedAt: 0, excused: false, isOver: false };
}
