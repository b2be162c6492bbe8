// jackpot 0.0.6 brings no types.
declare module 'jackpot' {
  import type { EventEmitter } from 'node:events';
  import type { Socket } from 'node:net';

  namespace Jackpot {
    interface Options {
      retries?: number;
      factor?: number;
      /** In ms, or as text: "1 second". */
      min?: number | string;
      max?: number | string;
      randomize?: boolean;
    }
    type Factory = (() => Socket) | ((callback: (error: Error | null, socket?: Socket) => void) => void);
    type Callback = (error: Error | undefined, socket: Socket) => void;
  }

  class Jackpot extends EventEmitter {
    constructor(limit: number, factory?: Jackpot.Factory, options?: Jackpot.Options);
    limit: number;
    readonly pool: Socket[];
    readonly pending: number;
    readonly metrics: { readonly allocations: number; readonly releases: number };
    factory(factory: Jackpot.Factory): this;
    allocate(callback: Jackpot.Callback): this;
    pull(callback: Jackpot.Callback): this;
    free(keep?: number, hard?: boolean): boolean;
    forEach(callback: (socket: Socket, index: number) => void, context?: unknown): this;
    end(hard?: boolean): boolean;
  }
  export = Jackpot;
}
