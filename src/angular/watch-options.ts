import type { Injector } from '@angular/core';

/** How a pool is watched by a signal. */
export interface WatchOptions {
  /** The watching ends with it. @default the injector of the injection context */
  readonly injector?: Injector | undefined;
}
