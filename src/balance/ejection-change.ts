/** What an endpoint has done to be ejected: see the options of the same names. `probe`: it was tried, and has failed again. */
export type EjectionReason = 'consecutive' | 'failureRate' | 'latency' | 'probe';

/** What has become of one endpoint. */
export type EjectionChange =
  /** It is out for `duration` ms, for the `times`th time in a row. `times` grows no more once the duration cannot. */
  | { readonly type: 'ejected'; readonly reason: EjectionReason; readonly duration: number; readonly times: number }
  /** Its time is over: one borrower may try it. */
  | { readonly type: 'probing' }
  /** It is lent as the others are. */
  | { readonly type: 'readmitted' };
