import { generate } from 'selfsigned';

export interface Certificate {
  readonly key: string;
  /** It has signed itself, so whoever is to trust it needs it as `ca`. */
  readonly cert: string;
}

/** A certificate for a host name, made here and trusted by nobody. */
export async function certificateFor(host: string): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: host }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: host }] },
    ],
  });
  return { key, cert };
}
