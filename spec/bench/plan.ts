/** A case, by the name of its file in `cases/`, and about how many seconds it takes. */
export interface Planned {
  readonly name: string;
  readonly title: string;
  readonly seconds: number;
  readonly quickSeconds: number;
}

export const plan: readonly Planned[] = [
  { name: 'uncontended', title: 'Borrow and release, 10 plain objects, nobody waits', seconds: 12, quickSeconds: 4 },
  {
    name: 'sockets',
    title: 'Borrow and release, 10 connected `net.Socket`s, nobody waits',
    seconds: 16,
    quickSeconds: 5,
  },
  {
    name: 'options',
    title: 'Borrow and release with the options of health and lifetime on, nobody waits',
    seconds: 20,
    quickSeconds: 7,
  },
  { name: 'contended', title: '1,000 borrowers on 10 objects', seconds: 40, quickSeconds: 12 },
  { name: 'burst', title: 'A burst of 100,000 borrowers on 10 objects', seconds: 60, quickSeconds: 20 },
  { name: 'waiters', title: '100,000 waiters: their memory and their withdrawal', seconds: 30, quickSeconds: 8 },
  {
    name: 'idle-memory',
    title: 'Memory of an idle connection, of 1,000, above that of a raw socket',
    seconds: 30,
    quickSeconds: 10,
  },
  {
    name: 'pick',
    title: 'A pick and two changes, among 100 and 1,000 endpoints as among 10',
    seconds: 10,
    quickSeconds: 4,
  },
  { name: 'sweep', title: 'A look at 10,000 idle connections', seconds: 6, quickSeconds: 3 },
  {
    name: 'echo',
    title: 'Echo round trips, 10 workers on 10 sockets, CPU of the client a request',
    seconds: 30,
    quickSeconds: 8,
  },
  { name: 'consume', title: '1 GiB through `consume`, and what it holds of it', seconds: 60, quickSeconds: 6 },
  {
    name: 'framing',
    title: 'Frames of 100 bytes from a socket, CPU of the reader a frame',
    seconds: 45,
    quickSeconds: 8,
  },
  {
    name: 'request-client',
    title: 'Requests of 100 callers on few connections, to memcached and Redis',
    seconds: 45,
    quickSeconds: 10,
  },
  { name: 'dead-address', title: 'A dead address for 3 s, 200 borrowers on 50', seconds: 45, quickSeconds: 12 },
  { name: 'size', title: 'Size of the core entry, minified and gzipped, without rxjs', seconds: 1, quickSeconds: 1 },
];
