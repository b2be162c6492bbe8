/** Hands back a port that there can be. @throws RangeError naming it */
export function checkPort(subject: string, port: number): number {
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new RangeError(`${subject}: port must be an integer from 0 to 65535, got ${String(port)}`);
}
