/** An event that has arrived: its name, its arguments and, where the server wants an answer, last the function that gives it. */
export type SocketIoEvent = readonly [event: string, ...args: unknown[]];
