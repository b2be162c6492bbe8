import connman from 'connman';

class Worker implements connman.Handler {
  private socket: connman.PersistentSocket | undefined;

  constructor(private readonly tell: (what: string) => void) {}

  ask(question: string): void {
    this.socket?.write(question);
  }

  onConnect(socket: connman.PersistentSocket): void {
    this.socket = socket;
    this.tell('here');
  }

  onReset(): void {
    this.tell('gone');
  }

  onReconnect(): void {
    this.tell('back');
  }

  onData(data: Buffer): void {
    this.tell(data.toString());
  }
}

/** One connection to each port, each with a handler of its own. */
export function openWorkers(ports: readonly number[], tell: (worker: number, what: string) => void): void {
  let made = 0;
  const pool = connman.createPool('workers', () => {
    const index = made++;
    return new Worker((what) => tell(index, what));
  });
  for (const port of ports) pool.addConnection(port, '127.0.0.1');
}

/** By the handler of one connection. */
export function ask(index: number, question: string): void {
  const worker = connman.getPool('workers')?.getHandler(index);
  if (worker instanceof Worker) worker.ask(question);
}

/** On the sockets of all. */
export function askAll(question: string): void {
  const connections = connman.getPool('workers')?.getConnections() ?? [];
  for (const { sock } of connections) sock.write(question);
}

export function closeWorker(index: number): void {
  connman.getPool('workers')?.getConnection(index).disconnect();
}

export function closeWorkers(): void {
  connman.getPool('workers')?.disconnect();
}
