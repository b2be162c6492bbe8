import { describe, expect, it } from 'vitest';
import { runChild } from './children.js';
import { echo, refusedPort, silent, startServer } from './servers.js';

const refused = async (): Promise<string> => `127.0.0.1:${await refusedPort()}`;

describe('a process ends by itself', () => {
  it('while a pool only idles', async () => {
    const server = await startServer(echo);
    expect(await runChild('idle', server.address)).toEqual({ code: 0, stdout: 'idle', stderr: '' });
  });

  it('while an endpoint and a pool are only watched, which never dials', async () => {
    const server = await startServer(echo);
    expect(await runChild('watched', server.address)).toEqual({ code: 0, stdout: 'idle', stderr: '' });
    expect(server.accepted).toBe(0);
  });

  it('while a pool waits to dial a server that refuses, and nobody waits for it', async () => {
    expect(await runChild('unreachable', 'tcp', await refused())).toEqual({
      code: 0,
      stdout: 'connecting\nfailed',
      stderr: '',
    });
  });

  it('while a pool dials a server that does not answer, and nobody waits for it', async () => {
    const server = await startServer(silent);
    expect(await runChild('unreachable', 'tls', server.address)).toEqual({ code: 0, stdout: 'connecting', stderr: '' });
  });

  it('while a connection is being opened for a borrower who has left', async () => {
    const server = await startServer(silent);
    expect(await runChild('left', server.address)).toEqual({ code: 0, stdout: 'RXPOOL_ACQUIRE_TIMEOUT', stderr: '' });
  });
});

describe('a process stays', () => {
  it('while somebody waits for a pool to be ready whose server refuses, until the time for that is up', async () => {
    expect(await runChild('getting-ready', await refused())).toEqual({
      code: 0,
      stdout: 'RXPOOL_ACQUIRE_TIMEOUT',
      stderr: '',
    });
  });

  it('while a borrower waits for a server that refuses, until its time is up', async () => {
    expect(await runChild('waiting', await refused(), 'refused')).toEqual({
      code: 0,
      stdout: 'RXPOOL_ACQUIRE_TIMEOUT',
      stderr: '',
    });
  });

  it('while a borrower waits for a connection that is lent, until its time is up', async () => {
    const server = await startServer(echo);
    expect(await runChild('waiting', server.address, 'lent')).toEqual({
      code: 0,
      stdout: 'RXPOOL_ACQUIRE_TIMEOUT',
      stderr: '',
    });
  });

  it('for a connection that is lent, and not for the same one while it is idle', async () => {
    const server = await startServer(echo);
    const { code, stdout, stderr } = await runChild('lent', server.address);
    expect(stdout.split('\n')).toEqual(['lent 1 idle 0', 'lent 1 idle 0', 'lent 1 idle 0']);
    expect({ code, stderr, accepted: server.accepted }).toEqual({ code: 0, stderr: '', accepted: 1 });
  });
});

it('after close nothing is left open, whatever the pools were in the middle of', async () => {
  const [server, handshakeless] = [await startServer(echo), await startServer(silent)];
  const { code, stdout, stderr } = await runChild('closed', server.address, handshakeless.address, await refused());
  expect(stdout.split('\n')).toEqual(['30', "3 Set(1) { 'RXPOOL_POOL_CLOSED' }", 'nothing left open']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

it('Node warns of nothing however often a socket is lent and a signal shared', async () => {
  const server = await startServer(echo);
  expect(await runChild('listeners', server.address)).toEqual({ code: 0, stdout: '1,1', stderr: '' });
});

it('losses in every state leave no error unhandled', async () => {
  let received = 0;
  const server = await startServer((socket) => {
    socket.on('data', (data: Buffer) => {
      received++;
      if (received % 3 === 0) socket.resetAndDestroy();
      else if (received % 3 === 1) socket.end(data);
      else socket.write(data, () => socket.resetAndDestroy());
    });
    // Idle and silent borrowers lose theirs too.
    setImmediate(() => {
      if (server.accepted % 4 === 0) socket.resetAndDestroy();
    });
  });
  const { code, stdout, stderr } = await runChild('losses', server.address);
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '40\nclosed', stderr: '' });
});
