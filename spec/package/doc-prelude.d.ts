/// <reference path="../integration/migrating-connman.d.ts" />
/// <reference path="../integration/migrating-jackpot.d.ts" />
// What the documentation's examples may use without declaring it, because every reader has one of their own:
//
//   report   where an application sends its errors
//   pool     a pool of TCP sockets, for the examples of what a pool does, not of how it is made
//
// Anything else an example uses, it imports or declares itself.

declare function report(error: unknown): void;
declare const pool: import('rxpool').Pool<import('node:net').Socket, Buffer>;
