const NUMBERS: Readonly<Record<string, number>> = { ECONNREFUSED: -111, ECONNRESET: -104, EPIPE: -32 };

/** An error of the operating system, as it comes through Node. */
export function socketError(
  syscall: string,
  code: string,
  address?: { readonly host: string; readonly port?: number },
): Error {
  const where = address === undefined ? '' : ` ${address.host}${address.port === undefined ? '' : `:${address.port}`}`;
  return Object.assign(new Error(`${syscall} ${code}${where}`), {
    code,
    errno: NUMBERS[code],
    syscall,
    ...(address !== undefined && { address: address.host, port: address.port }),
  });
}
